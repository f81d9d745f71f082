import { assert, compareBytes, type KeyValueWrite } from '@wattchain/core';
import { type IterateOptions, keyText, type Store } from './store.js';

/** A store that lives as long as the process: tests and simulations. Reopening is constructing one on the same `entries`. */
export class MemoryStore implements Store {
  #open = true;

  constructor(readonly entries: Map<string, readonly [Uint8Array, Uint8Array]> = new Map()) {}

  get(key: Uint8Array): Uint8Array | undefined {
    assert(this.#open, 'a closed store is not read');
    return this.entries.get(keyText(key))?.[1];
  }

  async batch(writes: readonly KeyValueWrite[]): Promise<void> {
    assert(this.#open, 'a closed store is not written');
    for (const { key, value } of writes) {
      if (value === undefined) this.entries.delete(keyText(key));
      else this.entries.set(keyText(key), [key.slice(), value.slice()]);
    }
  }

  async *iterate(
    prefix: Uint8Array,
    options: IterateOptions = {},
  ): AsyncGenerator<readonly [Uint8Array, Uint8Array], void, undefined> {
    assert(this.#open, 'a closed store is not read');
    const { reverse = false, limit = Number.POSITIVE_INFINITY, gte } = options;
    const found = [...this.entries.values()]
      .filter(([key]) => compareBytes(key.subarray(0, prefix.length), prefix) === 0)
      .filter(([key]) => gte === undefined || compareBytes(key, gte) >= 0)
      .sort(([a], [b]) => compareBytes(a, b));
    if (reverse) found.reverse();
    yield* found.slice(0, limit);
  }

  async close(): Promise<void> {
    this.#open = false;
  }
}
