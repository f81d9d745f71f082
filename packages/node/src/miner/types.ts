/** Why a miner that is switched on does not search. */
export interface PauseReason {
  readonly code: 'disabled' | 'stopped' | 'fewPeers' | 'behind';
  /** The same as a sentence with its figures. */
  readonly detail: string;
}

/** What a miner is doing. */
export interface MinerStatus {
  readonly enabled: boolean;
  /** Absent while it searches. */
  readonly paused?: PauseReason;
  /** Measured over the last seconds, all threads together; 0 while it does not search. */
  readonly hashesPerSecond: number;
  /** Since the node started. */
  readonly blocksFound: number;
  /** Part of the time in which each thread works, 0.01 to 1. */
  readonly duty: number;
  readonly threads: number;
}
