import { MIDSTATE_COUNT, STOP_POLL_TRIES, search, sha256, targetToWords, textToBytes } from '@wattchain/core';
import { median } from '../statistics.js';

/** What looking at the stop word costs. */
export interface PollingCost {
  /** Median of the ratios of neighbouring slices with and without a stop word, less 1: noise may hide it or turn its sign. */
  readonly measuredShare: number;
  /** Time of one look. */
  readonly pollNs: number;
  readonly pollsPerSecond: number;
  /** `pollNs` · `pollsPerSecond`. */
  readonly computedShare: number;
}

/** Header nonces of a slice: about 30 ms. */
const NONCES = 2_048;
const POLLS = 20_000_000;

/** Compares the search with and without a stop word, in turns, and measures one look at the word by itself. */
export function measurePolling(rounds: number): PollingCost {
  const sealHash = sha256(textToBytes('measuring the stop word'));
  const impossible = targetToWords(0n);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let nonce = 0;
  const timeSlice = (word: Int32Array | undefined): number => {
    const startMs = performance.now();
    search(sealHash, impossible, 0n, MIDSTATE_COUNT, nonce, nonce + NONCES, word);
    nonce += NONCES;
    return performance.now() - startMs;
  };
  for (let i = 0; i < 10; i++) timeSlice(i % 2 === 0 ? stop : undefined);
  const sliceMs: number[] = [];
  const ratios = Array.from({ length: rounds }, (_, round) => {
    const isFirst = round % 2 === 0;
    const [a, b] = [timeSlice(isFirst ? stop : undefined), timeSlice(isFirst ? undefined : stop)];
    sliceMs.push(a, b);
    return isFirst ? a / b : b / a;
  });
  const pollNs = measurePollNs(stop);
  const pollsPerSecond = (MIDSTATE_COUNT * NONCES * 1000) / median(sliceMs) / STOP_POLL_TRIES;
  return { measuredShare: median(ratios) - 1, pollNs, pollsPerSecond, computedShare: (pollNs * pollsPerSecond) / 1e9 };
}

/** The best of a few, as an upper bound: the loop around it is counted too. */
function measurePollNs(stop: Int32Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now();
    let count = 0;
    while (count < POLLS && Atomics.load(stop, 0) !== 1) count++;
    best = Math.min(best, ((performance.now() - startMs) * 1e6) / count);
  }
  return best;
}
