import { search, sha256, targetToWords, textToBytes } from '@wattchain/core';

/** How many midstates share a nonce's tail in one slice of the search. */
const MIDSTATES = 16;
/** Tries in one call: short, so that the clock is looked at often enough. */
const NONCES_PER_CALL = 256;

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
  let extraNonce = 0n;
  const run = (limitMs: number) => {
    const startMs = nowMs();
    let tries = 0;
    while (nowMs() - startMs < limitMs) {
      tries += search(sealHash, impossible, extraNonce, MIDSTATES, 0, NONCES_PER_CALL, undefined).tries;
      extraNonce += BigInt(MIDSTATES);
    }
    return { tries, elapsedMs: nowMs() - startMs };
  };
  run(durationMs / 4);
  const measured = run(durationMs);
  return { ...measured, triesPerSecond: (measured.tries / measured.elapsedMs) * 1000 };
}
