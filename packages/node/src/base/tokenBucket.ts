import type { Stopwatch } from '../runtime.js';

/** How much a peer may ask: `capacity` items at once, `perSecond` in the long run. */
export interface Rate {
  readonly capacity: number;
  readonly perSecond: number;
}

/** A token bucket, counted in items. */
export class TokenBucket {
  #tokens: number;
  #updatedMs: number;

  constructor(
    private readonly rate: Rate,
    private readonly stopwatch: Stopwatch,
  ) {
    this.#tokens = rate.capacity;
    this.#updatedMs = stopwatch.elapsedMs();
  }

  /** Takes `items` out, or nothing and `false` when there are not so many. */
  take(items: number): boolean {
    this.#refill();
    if (items > this.#tokens) return false;
    this.#tokens -= items;
    return true;
  }

  /** Whether not even one can be taken. */
  get isEmpty(): boolean {
    this.#refill();
    return this.#tokens < 1;
  }

  #refill(): void {
    const nowMs = this.stopwatch.elapsedMs();
    const elapsedMs = nowMs - this.#updatedMs;
    this.#tokens = Math.min(this.rate.capacity, this.#tokens + (elapsedMs * this.rate.perSecond) / 1000);
    this.#updatedMs = nowMs;
  }
}
