import { MIDSTATE_COUNT, search, sha256, targetToWords, textToBytes } from '@wattchain/core';

/** Tries in one call: short, so that the clock is looked at often enough. */
const NONCES_PER_CALL = 64;

/** A measured rate of the proof-of-work search on one thread. */
export interface SearchRate {
  readonly triesPerSecond: number;
  readonly tries: number;
  readonly elapsedMs: number;
}

/**
 * Runs the proof-of-work search on this thread for about `durationMs` after a short warm-up.
 * `nowMs` is a monotonic clock in milliseconds.
 */
export function measureSearchRate(durationMs: number, nowMs: () => number): SearchRate {
  const sealHash = sha256(textToBytes('measuring the rate of the search'));
  const impossible = targetToWords(1n);
  let nonce = 0;
  const run = (limitMs: number) => {
    const startMs = nowMs();
    let tries = 0;
    while (nowMs() - startMs < limitMs) {
      tries += search(sealHash, impossible, 0n, MIDSTATE_COUNT, nonce, nonce + NONCES_PER_CALL, undefined).tries;
      nonce += NONCES_PER_CALL;
    }
    return { tries, elapsedMs: nowMs() - startMs };
  };
  run(durationMs / 4);
  const measured = run(durationMs);
  return { ...measured, triesPerSecond: (measured.tries / measured.elapsedMs) * 1000 };
}
