import type { Pieces } from '@wattchain/core';

/** Lets what waits in the event loop run first: input, timers, other work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Runs work with a turn of the event loop for others between its pieces. */
export async function runInTurns<T>(pieces: Pieces<T>): Promise<T> {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    await nextTurn();
  }
}

/** Does something with each item, with a turn of the event loop for others after every `perTurn` of them. */
export async function eachInTurns<T>(items: readonly T[], perTurn: number, run: (item: T) => void): Promise<void> {
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % perTurn === 0) await nextTurn();
    run(item);
  }
}
