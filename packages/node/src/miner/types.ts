import type { Hash, StoreError } from '@wattchain/core';

/** Why a miner that is switched on does not search. */
export interface PauseReason {
  readonly code: 'disabled' | 'stopped' | 'fewMembers' | 'behind' | StoreError['code'];
  /** The same as a sentence with its figures. */
  readonly detail: string;
}

/** What a miner is doing. */
export interface MinerStatus {
  /** Whether its own threads may work; others get work from it all the same. */
  readonly enabled: boolean;
  /** Absent while it searches. */
  readonly paused?: PauseReason;
  /** Measured over the last seconds, all own threads together; 0 while they do not search. */
  readonly hashesPerSecond: number;
  /** Since the node started, by its own threads or with its work. */
  readonly blocksFound: number;
  /** Part of the time in which each thread works, 0.01 to 1. */
  readonly duty: number;
  readonly threads: number;
  /** `mine.joulesPerHash`: an estimate. */
  readonly joulesPerHash: number;
}

/** What a miner counted since the node started. */
export interface MinerCounts {
  /** Templates that its own threads were given to search. */
  readonly templates: number;
  /** Threads that were replaced because they crashed or stayed slow. */
  readonly threadRestarts: number;
}

/** A template as a miner outside this node searches it. */
export interface ExternalWork {
  /** What the search works on; names the work. */
  readonly sealHash: Hash;
  /** The block hash must be at most this. */
  readonly target: bigint;
  /** Where to start; the 2^32 extra nonces from here are the caller's own. */
  readonly extraNonceStart: bigint;
  readonly height: number;
  readonly parentHash: Hash;
}

/** Why a solution makes no block. */
export interface RefusalReason {
  /**
   * `unknownWork`: this node does not know the work (any more). `stale`: its parent is no longer the head. `aboveTarget`: it is
   * no solution. `notAdded`: the chain did not take the block, for the reason in `detail`. The others are those of a pause.
   */
  readonly code: 'unknownWork' | 'stale' | 'aboveTarget' | 'notAdded' | PauseReason['code'];
  readonly detail: string;
}

/** What became of a solution: `hash` is the new head. */
export type Submission =
  | { readonly accepted: true; readonly hash: Hash }
  | { readonly accepted: false; readonly reason: RefusalReason };
