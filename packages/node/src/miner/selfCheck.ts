import { MIDSTATE_COUNT, type search, targetToWords } from '@wattchain/core';

/** Templates that are tried. */
const TEMPLATES = 25;
/** Header nonces that a template is tried with. */
const NONCES = 16;
/**
 * Preparing a template's midstates, which loops over SHA-256's rounds, takes as long as trying 4.4 to 6.3 header nonces with all of
 * them, as measured on two processors with Node.js 20 and 24; a kernel that V8 compiled badly brings that to less than 2.
 */
const LEAST_NONCES = 3;
/** No hash is at most 0, so nothing is ever found. */
const IMPOSSIBLE = targetToWords(0n);

/** What the check is given. */
export interface SelfCheckOptions {
  readonly search: typeof search;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
}

/**
 * Whether V8 left this thread with a badly compiled kernel (docs/mining.md, "Traps"), which it can tell by itself after it has
 * warmed up: the kernel is compared with the plain loops of the same search. Takes some ten milliseconds.
 */
export function isStuck({ search, nowMs }: SelfCheckOptions): boolean {
  const sealHash = new Uint8Array(32).fill(0xff);
  const timeOf = (nonceStart: number, nonces: number): number => {
    const startMs = nowMs();
    search(sealHash, IMPOSSIBLE, 0n, MIDSTATE_COUNT, nonceStart, nonceStart + nonces, undefined);
    return nowMs() - startMs;
  };
  const noncesOfPreparing = Array.from({ length: TEMPLATES }, (_, template) => {
    sealHash[0] = template;
    const firstMs = timeOf(0, 1);
    const nonceMs = timeOf(1, NONCES) / NONCES;
    return (firstMs - nonceMs) / nonceMs;
  }).sort((a, b) => a - b);
  // The median, because others may interrupt any of them.
  return (noncesOfPreparing[TEMPLATES >> 1] as number) < LEAST_NONCES;
}
