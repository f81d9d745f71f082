import { assert, numberToBytes, sha256 } from '@wattchain/core';
import { type Compute, inlineCompute } from '../src/compute/compute.js';
import type { Cancel, Runtime } from '../src/runtime.js';

interface Timer {
  readonly task: () => void;
  dueMs: number;
  readonly periodMs: number | undefined;
}

/** A runtime for tests: time stands still until somebody moves it, and random bytes are the same in every run. */
export class ManualRuntime implements Runtime {
  readonly #timers = new Set<Timer>();
  #nowMs: number;
  #clockOffsetMs = 0;
  #draws = 0;

  constructor(
    startMs: number,
    readonly compute: Compute = inlineCompute,
  ) {
    this.#nowMs = startMs;
  }

  readonly clock = { nowMs: () => this.#nowMs + this.#clockOffsetMs };

  readonly stopwatch = { elapsedMs: () => this.#nowMs };

  readonly random = {
    bytes: (length: number): Uint8Array => {
      assert(length <= 32, 'the test runtime draws at most 32 bytes at once');
      return sha256(numberToBytes(this.#draws++, 4)).slice(0, length);
    },
  };

  readonly scheduler = {
    setTimeout: (task: () => void, delayMs: number) =>
      this.#add({ task, dueMs: this.#nowMs + delayMs, periodMs: undefined }),
    setInterval: (task: () => void, periodMs: number) => this.#add({ task, dueMs: this.#nowMs + periodMs, periodMs }),
  };

  /** Number of timers that wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Somebody sets the clock, which neither the stopwatch nor a timer follows. */
  jumpClock(byMs: number): void {
    this.#clockOffsetMs += byMs;
  }

  /** Moves time on and runs what becomes due, in the order of time. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.periodMs === undefined) this.#timers.delete(next);
      else next.dueMs += next.periodMs;
      next.task();
    }
    this.#nowMs = endMs;
  }

  #add(timer: Timer): Cancel {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}

/** Room for whatever else this process has to do, before the next turn. */
const PAUSE_MS = 10;

/**
 * Lets time pass in turns of this process's event loop: at most so many times as fast as outside, and slower where the machine gives
 * the process little time, so that what it talks to in itself is not late because others use the processor.
 */
export function letTimePass(runtime: ManualRuntime, speed: number): Cancel {
  const turns = setInterval(() => runtime.advance(speed * PAUSE_MS), PAUSE_MS);
  return () => clearInterval(turns);
}
