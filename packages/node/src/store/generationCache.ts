import { ByteMap } from '@wattchain/core';

/** What an entry costs beside its bytes: the headers of two arrays, its places in the map. A round figure. */
const ENTRY_OVERHEAD_BYTES = 250;

/**
 * Values by key in bounded memory: a new generation and the one before it. When the new one is full, the one before
 * is forgotten whole, so what was asked for since stays. Nothing is deleted one by one: a `Map` whose oldest entries go
 * leaves gaps that every look for the next oldest walks over, which made a full cache slower than the disk behind it.
 */
export class GenerationCache<Value> {
  #fresh = new ByteMap<Value>();
  #before = new ByteMap<Value>();
  #freshBytes = 0;
  readonly #bytesPerGeneration: number;

  /**
   * @param maxBytes of both generations together, one entry more at most
   * @param bytesOf what a value takes
   */
  constructor(
    maxBytes: number,
    private readonly bytesOf: (value: Value) => number,
  ) {
    this.#bytesPerGeneration = maxBytes / 2;
  }

  /** The value; `undefined` when nothing is known. */
  get(key: Uint8Array): Value | undefined {
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined) return fresh;
    const value = this.#before.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: Uint8Array, value: Value): void {
    this.#freshBytes += key.length + this.bytesOf(value) + ENTRY_OVERHEAD_BYTES;
    this.#fresh.set(key, value);
    if (this.#freshBytes <= this.#bytesPerGeneration) return;
    this.#before = this.#fresh;
    this.#fresh = new ByteMap();
    this.#freshBytes = 0;
  }

  /** Entries that are kept. */
  get size(): number {
    return this.#fresh.size + this.#before.size;
  }
}
