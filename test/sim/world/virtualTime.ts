import { assert } from '@wattchain/core';
import type { Cancel } from '@wattchain/node/parts';

/** Something that happens at a moment; without a task once it was taken back. */
interface Event {
  readonly atMs: number;
  readonly number: number;
  readonly label: string;
  task: (() => void) | undefined;
}

/**
 * Time that passes from event to event. What happens at the same millisecond happens in the order in which it was arranged. After each
 * event everything that needs no time is done, promises and turns of the event loop (`setImmediate`, which is taken over while time
 * passes): so neither the machine's speed nor its clock decides what comes first.
 */
export class VirtualTime {
  /** Events that have happened. */
  events = 0;
  /** Label of the event that happens or happened last. */
  label = '';
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #arranged = 0;
  #turns: (() => void)[] = [];
  #isRunning = false;
  #isStopped = false;

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Arranges an event; a moment that has passed, or a part of a millisecond, becomes the next whole one. */
  schedule(atMs: number, label: string, task: () => void): Cancel {
    const event: Event = {
      atMs: Math.max(this.#nowMs, Math.ceil(atMs)),
      number: this.#arranged++,
      label,
      task,
    };
    this.#push(event);
    return () => {
      event.task = undefined;
    };
  }

  /** Lets time pass, `after` is called after every event. */
  async run(untilMs: number, after: () => void = () => {}): Promise<void> {
    await this.#pass(untilMs, () => this.#isStopped, after);
    if (!this.#isStopped) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Lets time pass until a promise is settled, whatever it takes. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await this.#pass(Number.POSITIVE_INFINITY, () => isSettled);
    assert(isSettled, 'what is waited for comes');
    return promise;
  }

  /** Ends {@link run} after the event that happens. */
  stop(): void {
    this.#isStopped = true;
  }

  async #pass(untilMs: number, isOver: () => boolean, after: () => void = () => {}): Promise<void> {
    assert(!this.#isRunning, 'time passes once at a time');
    const giveBack = this.#takeTurns();
    this.#isRunning = true;
    this.#isStopped = false;
    try {
      await this.#quiet();
      while (!isOver()) {
        const event = this.#pop(untilMs);
        if (event === undefined) return;
        this.#nowMs = event.atMs;
        this.label = event.label;
        this.events++;
        event.task?.();
        await this.#quiet();
        after();
      }
    } finally {
      this.#isRunning = false;
      giveBack();
    }
  }

  /** From here to the call of the result, turns of the event loop are this queue's. */
  #takeTurns(): () => void {
    const real = globalThis.setImmediate;
    this.#macrotask = () => new Promise((resolve) => real(resolve));
    const taken = (task: (...values: unknown[]) => void, ...values: unknown[]) => {
      this.#turns.push(() => task(...values));
    };
    globalThis.setImmediate = taken as unknown as typeof setImmediate;
    return () => {
      globalThis.setImmediate = real;
    };
  }

  #macrotask: () => Promise<void> = async () => {};

  /** Resolves when nothing is left that needs no time: before a macrotask Node.js has run every microtask. */
  async #quiet(): Promise<void> {
    for (;;) {
      await this.#macrotask();
      const turn = this.#turns.shift();
      if (turn === undefined) return;
      turn();
    }
  }

  // ---- a binary heap, the earliest event on top

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(event, heap[above] as Event)) break;
      heap[at] = heap[above] as Event;
      at = above;
    }
    heap[at] = event;
  }

  /** The next event that was not taken back, unless it comes after `untilMs`. */
  #pop(untilMs: number): Event | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > untilMs) return undefined;
      const last = this.#heap.pop() as Event;
      if (last !== first) this.#sink(last);
      if (first.task !== undefined) return first;
    }
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Event, heap[below] as Event)) below++;
      if (!isBefore(heap[below] as Event, event)) break;
      heap[at] = heap[below] as Event;
      at = below;
    }
    heap[at] = event;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}
