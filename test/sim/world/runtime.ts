import type { Cancel, Compute, Runtime } from '@wattchain/node/parts';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtualTime.js';

/** What the clocks of a world show when it begins: a moment like any other. */
export const EPOCH_MS = 1_800_000_000_000;

/** What a node's runtime is made of. */
export interface SimRuntimeOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly compute: Compute;
  /** Names the node in the labels of events. */
  readonly name: string;
  /** How far its clock is ahead of the world's, milliseconds. */
  readonly clockOffsetMs: () => number;
  /** Told of what a task throws: the process would end. */
  readonly onThrow: (error: unknown) => void;
}

/** The runtime of one process of a simulated node. When the process ends, nothing that it arranged happens any more. */
export class SimRuntime implements Runtime {
  readonly compute: Compute;
  readonly #options: SimRuntimeOptions;
  #isAlive = true;

  constructor(options: SimRuntimeOptions) {
    this.#options = options;
    this.compute = options.compute;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** The process is gone. */
  end(): void {
    this.#isAlive = false;
  }

  readonly clock = { nowMs: () => EPOCH_MS + this.#options.time.nowMs + this.#options.clockOffsetMs() };

  /** Never jumps, whatever is done to the clock. */
  readonly stopwatch = { elapsedMs: () => this.#options.time.nowMs };

  readonly random = { bytes: (length: number): Uint8Array => this.#options.random.bytes(length) };

  readonly scheduler = {
    setTimeout: (task: () => void, delayMs: number): Cancel => this.later(delayMs, 'timer', task),
    setInterval: (task: () => void, periodMs: number): Cancel => {
      let cancel = () => {};
      const arrange = () => {
        cancel = this.later(periodMs, 'tick', () => {
          arrange();
          task();
        });
      };
      arrange();
      return () => cancel();
    },
  };

  /** Arranges something that this process does, if it still lives then. */
  later(delayMs: number, label: string, task: () => void): Cancel {
    const { time, name } = this.#options;
    return time.schedule(time.nowMs + delayMs, `${name} ${label}`, () => this.guard(task));
  }

  /** Runs a part of this process, if it still lives; what it throws ends it. */
  guard(task: () => void): void {
    if (!this.#isAlive) return;
    try {
      task();
    } catch (error) {
      this.#options.onThrow(error);
    }
  }
}
