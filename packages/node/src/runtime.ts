/**
 * The world that a node is given: time, randomness, scheduling and other threads come in through these interfaces alone, so that the
 * same node runs on real time and in a seeded simulation.
 */
import { randomFillSync } from 'node:crypto';
import { HASH_TABLE_WORDS, useHashTable } from '@wattchain/core';
import { type Compute, inlineCompute } from './compute/compute.js';

/** Wall-clock time. */
export interface Clock {
  /** Milliseconds since 1970. May jump, so no wait and no duration is measured by it. */
  nowMs(): number;
}

/** Measures durations within this process. */
export interface Stopwatch {
  /** Milliseconds since some moment, with fractions; never jumps. */
  elapsedMs(): number;
}

/** What a clock shows, milliseconds since 1970, of a moment of the stopwatch: for people, and as far off as the clock is now. */
export function shownTime({ clock, stopwatch }: Pick<Runtime, 'clock' | 'stopwatch'>, elapsedMs: number): number {
  return Math.round(clock.nowMs() - (stopwatch.elapsedMs() - elapsedMs));
}

/** Unpredictable bytes: ids, nonces of messages, start points of the search. Keys that own something never come from here. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Takes back what was scheduled; calling it twice is harmless. */
export type Cancel = () => void;

/** Runs functions later. Timers never keep the process alive by themselves. */
export interface Scheduler {
  setTimeout(task: () => void, delayMs: number): Cancel;
  setInterval(task: () => void, periodMs: number): Cancel;
}

/** Everything of the world that a service may touch beside network and disk. */
export interface Runtime {
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly compute: Compute;
}

/** The runtime of a real process: system clock, operating system randomness, Node.js timers; without threads, unless it is given some. */
export function systemRuntime(compute: Compute = inlineCompute): Runtime {
  useHashTable(randomFillSync(new Uint32Array(HASH_TABLE_WORDS)));
  return {
    clock: { nowMs: () => Date.now() },
    stopwatch: { elapsedMs: () => performance.now() },
    random: { bytes: (length) => randomFillSync(new Uint8Array(length)) },
    scheduler: {
      setTimeout(task, delayMs) {
        const timer = setTimeout(task, delayMs).unref();
        return () => clearTimeout(timer);
      },
      setInterval(task, periodMs) {
        const timer = setInterval(task, periodMs).unref();
        return () => clearInterval(timer);
      },
    },
    compute,
  };
}
