/**
 * Turns of the event loop for expensive work: one piece per turn, whoever asks, first come first served. Blocks, peers,
 * timers and light calls get theirs in between, however many clients there are.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it is the caller's turn. Who waits is bounded by the open connections, each of which does one thing. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(this.#serve);
    });
  }

  readonly #serve = (): void => {
    this.#waiting.shift()?.();
    // A new immediate runs only after the loop has looked for input again.
    if (this.#waiting.length > 0) setImmediate(this.#serve);
  };
}
