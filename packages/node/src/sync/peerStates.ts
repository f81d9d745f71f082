import { BoundedMap } from '../base/boundedMap.js';
import type { HeaderChain } from './headerChain.js';

/** What is known of a peer; times are the stopwatch's. */
export interface PeerState {
  /** What its headers proved. */
  shown: HeaderChain | undefined;
  /** Since when. */
  shownMs: number;
  /** The proof under way. */
  attempt: Attempt | undefined;
  /** Proofs in a row that it failed to give. */
  failures: number;
  /** It is not asked for headers before this. */
  waitUntilMs: number;
  /** Whether it will be looked at again by then. */
  isLookArranged: boolean;
  /** Whether it announced a block whose parent is unknown: its status may be older. */
  hasNews: boolean;
  /** Times in a row that it did not give the bodies of its chain, and when it is asked again. */
  withheld: number;
  fetchAfterMs: number;
}

/** A peer's proof of what it claims, on its way. */
export interface Attempt {
  readonly claimedWork: bigint;
  readonly startMs: number;
  headers: number;
}

/** Peers whose state is remembered, connected or not: who comes back begins where it left. */
export const MAX_REMEMBERED = 256;
/** Wait after a failure: doubling from the first to the last. */
export const RETRY_FIRST_MS = 5_000;
const RETRY_MOST_MS = 60_000;

/** What is known of peers, by their ids. */
export class PeerStates {
  readonly #states = new BoundedMap<string, PeerState>(MAX_REMEMBERED);

  /** Peers that are remembered. */
  get size(): number {
    return this.#states.size;
  }

  /** What is known of a peer, `undefined`: nothing. */
  known(peerId: string): PeerState | undefined {
    return this.#states.get(peerId);
  }

  /** The same; who is new begins with nothing. */
  of(peerId: string): PeerState {
    let state = this.#states.get(peerId);
    if (!state) {
      state = {
        shown: undefined,
        shownMs: 0,
        attempt: undefined,
        failures: 0,
        waitUntilMs: 0,
        isLookArranged: false,
        hasNews: false,
        withheld: 0,
        fetchAfterMs: 0,
      };
      this.#states.set(peerId, state);
    }
    return state;
  }
}

/** How long a peer is left alone after so many failures in a row. */
export function retryMs(failures: number): number {
  return Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** (failures - 1));
}
