import type { RateSample } from './searcher.js';

/** Samples are joined until they hold so much processor time, which evens out its steps and single hiccups. */
const WINDOW_CPU_MS = 100;
/** A window is slow below this part of the best rate. V8's bad compilations cost a factor of 3 or more, shared cores and clocks less. */
const SLOW_PART = 0.4;
/** So many slow windows in a row are no accident. */
const SLOW_WINDOWS = 20;

/** What is known of one thread's rate. */
interface Record {
  tries: number;
  cpuMs: number;
  slowWindows: number;
}

/**
 * Knows mining threads that V8 compiled badly: their tries per processor time stay far below the best that any thread of
 * this miner showed. Processor time, so that neither `duty` nor a busy machine looks like it.
 */
export class RateWatch {
  readonly #threads = new WeakMap<object, Record>();
  #bestPerMs = 0;

  /** Takes a sample of a thread's work; whether the thread is stuck far below what it could do. */
  isStuck(thread: object, { tries, cpuMs }: RateSample): boolean {
    const record = this.#threads.get(thread) ?? { tries: 0, cpuMs: 0, slowWindows: 0 };
    this.#threads.set(thread, record);
    record.tries += tries;
    record.cpuMs += cpuMs;
    if (record.cpuMs < WINDOW_CPU_MS) return false;
    const perMs = record.tries / record.cpuMs;
    record.tries = 0;
    record.cpuMs = 0;
    this.#bestPerMs = Math.max(this.#bestPerMs, perMs);
    record.slowWindows = perMs < SLOW_PART * this.#bestPerMs ? record.slowWindows + 1 : 0;
    return record.slowWindows >= SLOW_WINDOWS;
  }

  /** Forgets the best rate, so that a machine that became slower for good is measured anew. */
  forgetBest(): void {
    this.#bestPerMs = 0;
  }
}
