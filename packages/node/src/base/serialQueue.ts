import { WattchainError } from '@wattchain/core';

/** Runs asynchronous tasks one after another, in the order in which they came. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(
    private readonly name: string,
    private readonly limit: number,
  ) {}

  /** Result of `task`, once every task before it has ended. Throws `queueFull` when too many wait. */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.limit) {
      throw new WattchainError('queueFull', `${this.#waiting} tasks wait for ${this.name}, more are not taken`, {
        values: { waiting: this.#waiting, limit: this.limit },
        hint: 'try again later',
      });
    }
    this.#waiting++;
    const result = this.#last.then(task);
    // The next task starts whether this one succeeded or not; whoever called it hears about a failure.
    this.#last = result.then(
      () => this.#waiting--,
      () => this.#waiting--,
    );
    return result;
  }

  /** Tasks that run or wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when everything that was queued so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
