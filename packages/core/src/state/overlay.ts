import { ByteMap } from '../byteMap.js';
import { compareBytes } from '../bytes.js';
import type { GroupHashes } from './groupHashes.js';
import type { KeyValueReader, KeyValueWrite } from './types.js';

/** Key-value pairs in memory: for tests, for building a genesis state, for a light client. Neither keys nor values are copied. */
export class MemoryKeyValues implements KeyValueReader {
  readonly #entries = new ByteMap<{ readonly key: Uint8Array; readonly value: Uint8Array }>();

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Stores a value; `undefined` deletes. */
  set(key: Uint8Array, value: Uint8Array | undefined): void {
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { key, value });
  }

  /** Takes a list of writes. */
  apply(writes: readonly KeyValueWrite[]): void {
    for (const { key, value } of writes) this.set(key, value);
  }

  /** All pairs, sorted by key. */
  entries(): { readonly key: Uint8Array; readonly value: Uint8Array }[] {
    return this.#entries.values().sort((a, b) => compareBytes(a.key, b.key));
  }
}

/** Writes held in memory above a reader that stays as it is, until someone commits `writes()` or drops them. */
export class Overlay implements KeyValueReader {
  /** What the writes are held above. */
  readonly base: KeyValueReader;
  readonly #writes = new ByteMap<KeyValueWrite>();

  constructor(base: KeyValueReader) {
    this.base = base;
  }

  get groupHashes(): GroupHashes | undefined {
    return this.base.groupHashes;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const write = this.#writes.get(key);
    return write === undefined ? this.base.get(key) : write.value;
  }

  /** Stores a value above the base; `undefined` deletes. */
  set(key: Uint8Array, value: Uint8Array | undefined): void {
    this.#writes.set(key, { key, value });
  }

  /** Takes a list of writes. */
  apply(writes: readonly KeyValueWrite[]): void {
    for (const { key, value } of writes) this.set(key, value);
  }

  /** The last write of every key that was written, in the order in which keys were first written. */
  writes(): KeyValueWrite[] {
    return this.#writes.values();
  }
}
