import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Cancel, Scheduler } from '../runtime.js';

/** The monitor's timer: often enough to see what a client would notice, seldom enough to cost nothing. */
const RESOLUTION_MS = 10;
/** Figures are of the last window that is complete: as long as scrapes are apart, so that one worst moment is seen once. */
const WINDOW_MS = 15_000;
const NS_PER_MS = 1e6;

/** How late the event loop ran its timers in the last window, in milliseconds. */
export interface Lag {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Records, once it is enabled, the times between the event loop's timers, in nanoseconds. */
export interface DelayHistogram {
  readonly count: number;
  readonly max: number;
  percentile(percent: number): number;
  reset(): void;
  enable(): boolean;
  disable(): boolean;
}

/** Watches how long everything else that a node does keeps its event loop from the next task. */
export class EventLoopLag {
  #last: Lag | undefined;
  #cancel: Cancel = () => {};

  constructor(
    private readonly scheduler: Scheduler,
    private readonly histogram: DelayHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
  ) {}

  start(): void {
    this.histogram.enable();
    this.#cancel = this.scheduler.setInterval(() => {
      this.#last = this.#read();
      this.histogram.reset();
    }, WINDOW_MS);
  }

  stop(): void {
    this.#cancel();
    this.histogram.disable();
  }

  /** Of the last complete window, or of the first one so far. */
  current(): Lag {
    return this.#last ?? this.#read();
  }

  #read(): Lag {
    // What Node.js measures is the whole time between two timers, so the timer's own period goes off.
    const lateMs = (valueNs: number) => Math.max(0, valueNs / NS_PER_MS - RESOLUTION_MS);
    const { histogram } = this;
    if (histogram.count === 0) return { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    return {
      p50Ms: lateMs(histogram.percentile(50)),
      p99Ms: lateMs(histogram.percentile(99)),
      maxMs: lateMs(histogram.max),
    };
  }
}
