import type { Clock } from '../runtime.js';

/** Seconds that a development chain's time may reach: beyond any calendar, and exact as milliseconds. */
export const MAX_SECONDS = 2 ** 40;

/** The time of a development chain: the system's, moved as the developer says. All figures in milliseconds. */
export class DevelopmentTime {
  #offsetMs = 0;
  #nextMs: number | undefined;
  #stepMs: number | undefined;

  constructor(private readonly clock: Clock) {}

  /** How far it is ahead of the system's clock. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Now, on this chain. */
  nowMs(): number {
    return this.clock.nowMs() + this.#offsetMs;
  }

  /** Moves time by so much and forgets what was said of the next block. */
  reset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#nextMs = undefined;
    this.#stepMs = undefined;
  }

  /** From now on it is `timeMs`, and time goes on from there. */
  setNow(timeMs: number): void {
    this.#offsetMs = timeMs - this.clock.nowMs();
  }

  /** The next block says `timeMs`, and time goes on from there. */
  setNext(timeMs: number): void {
    this.#nextMs = timeMs;
  }

  /** Every block says so much more than its parent; `undefined`: blocks say the time. */
  setStep(stepMs: number | undefined): void {
    this.#stepMs = stepMs;
  }

  /** What the next block on a parent would say if it were made now. */
  peek(parentMs: number): number {
    return this.#nextMs ?? (this.#stepMs === undefined ? this.nowMs() : parentMs + this.#stepMs);
  }

  /** What the next block on a parent says; used up by asking. */
  take(parentMs: number): number {
    const timeMs = this.peek(parentMs);
    if (this.#nextMs !== undefined) {
      this.setNow(this.#nextMs);
      this.#nextMs = undefined;
    }
    return timeMs;
  }
}
