import { MIDSTATE_COUNT, type search, targetToWords } from '@wattchain/core';
import type { RateSample } from './searcher.js';

/** So long until TurboFan has compiled the whole search (docs/mining.md) … */
const WARM_UP_MS = 500;
/** … of which a thread needs so much of a processor, however busy the machine is: TurboFan goes by how often code has run … */
const LEAST_CPU_MS = 250;
/** … as far as that can be had at all. */
const MOST_WARM_UP_MS = 5_000;
/** The rate is taken from the last part, when nothing is left to compile. */
const MEASURED_MS = 150;
/** Header nonces of a call: few, for a long first call is compiled for entry in its middle and can stay slow. */
const MOST_NONCES = 12;
/** Calls with the same midstates. */
const CALLS_PER_TEMPLATE = 64;
/** No hash is at most 0, so nothing is ever found. */
const IMPOSSIBLE = targetToWords(0n);

/** What warming up is given. */
export interface WarmUpOptions {
  readonly search: typeof search;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
  /** Milliseconds of processor time of this thread, `undefined` where nobody knows them. */
  readonly cpuMs: (() => number) | undefined;
}

/** Makes V8 know the search by many short calls that can find nothing; the rate at the end. */
export function warmUp({ search, nowMs, cpuMs = nowMs }: WarmUpOptions): RateSample {
  const sealHash = new Uint8Array(32);
  const startMs = nowMs();
  const firstCpuMs = cpuMs();
  let call = 0;
  const runUntil = (isOver: () => boolean): number => {
    let tries = 0;
    while (!isOver()) {
      if (call % CALLS_PER_TEMPLATE === 0) new DataView(sealHash.buffer).setUint32(0, call);
      // Spread over all header nonces, so that V8 sees small and large numbers before it decides.
      const nonce = Math.imul(call, 0x9e37_79b1) >>> 4;
      const nonceStart = call % 2 === 0 ? nonce : 0xf000_0000 - nonce;
      const nonceEnd = nonceStart + 1 + (call % MOST_NONCES);
      tries += search(sealHash, IMPOSSIBLE, 0n, MIDSTATE_COUNT, nonceStart, nonceEnd, undefined).tries;
      call++;
    }
    return tries;
  };
  const isWarm = () => cpuMs() - firstCpuMs >= LEAST_CPU_MS || nowMs() - startMs >= MOST_WARM_UP_MS;
  runUntil(() => nowMs() - startMs >= WARM_UP_MS - MEASURED_MS && isWarm());
  const startCpuMs = cpuMs();
  const endMs = nowMs() + MEASURED_MS;
  const tries = runUntil(() => nowMs() >= endMs);
  return { tries, cpuMs: cpuMs() - startCpuMs };
}
