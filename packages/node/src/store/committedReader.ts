import {
  ACCOUNT_PREFIX,
  findLeaf,
  isStoreDamaged,
  type KeyValueReader,
  type KeyValueWrite,
  STORAGE_PREFIX,
  storeDamaged,
  type WattchainError,
} from '@wattchain/core';
import { describeKey } from './schema.js';
import { keyText, type Store } from './store.js';

/** What an entry of the cache costs beside its bytes: key text, map slot, array header. A round figure. */
const ENTRY_OVERHEAD_BYTES = 100;

/**
 * The store as it was after the last finished commit, through a bounded cache.
 *
 * A batch takes time to reach the disk, and meanwhile the database may answer with old or new values. Readers must not
 * notice: every key of a running batch keeps its old value here until the batch is done, then all change at once.
 */
export class CommittedReader implements KeyValueReader {
  /** Least recently used first; `undefined` is a cached absence. */
  readonly #cache = new Map<string, Uint8Array | undefined>();
  readonly #pinned = new Map<string, Uint8Array | undefined>();
  #bytes = 0;

  constructor(
    private readonly store: Store,
    private readonly maxBytes: number,
    /** Told of every read that met damage, before the error is thrown. */
    private readonly onDamage: (error: WattchainError) => void = () => {},
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    const text = keyText(key);
    if (this.#pinned.has(text)) return this.#pinned.get(text);
    if (this.#cache.has(text)) {
      const value = this.#cache.get(text);
      // Moved to the end, so that the front stays the least recently used.
      this.#cache.delete(text);
      this.#cache.set(text, value);
      return value;
    }
    const value = this.#read(key);
    this.#remember(text, value);
    return value;
  }

  #read(key: Uint8Array): Uint8Array | undefined {
    try {
      const value = this.store.get(key);
      if (value === undefined) this.#requireAbsent(key);
      return value;
    } catch (error) {
      if (isStoreDamaged(error)) this.onDamage(error);
      throw error;
    }
  }

  /** An account or word that is not stored counts as zero, so that a lost one must be told from one that never was: the state tree knows. */
  #requireAbsent(key: Uint8Array): void {
    if (key[0] !== ACCOUNT_PREFIX && key[0] !== STORAGE_PREFIX) return;
    if (findLeaf(this, key) === undefined) return;
    throw storeDamaged(`${describeKey(key)} is missing`, { key: describeKey(key) });
  }

  /** Writes everything or nothing; when the promise resolves, readers see the new values. After an error they keep the old. */
  async commit(writes: readonly KeyValueWrite[]): Promise<void> {
    for (const { key } of writes) this.#pinned.set(keyText(key), this.get(key));
    await this.store.batch(writes);
    for (const { key, value } of writes) {
      const text = keyText(key);
      this.#pinned.delete(text);
      this.#forget(text);
      this.#remember(text, value);
    }
  }

  #remember(text: string, value: Uint8Array | undefined): void {
    this.#cache.set(text, value);
    this.#bytes += entryBytes(text, value);
    for (const [oldest, old] of this.#cache) {
      if (this.#bytes <= this.maxBytes) break;
      this.#cache.delete(oldest);
      this.#bytes -= entryBytes(oldest, old);
    }
  }

  #forget(text: string): void {
    if (!this.#cache.has(text)) return;
    this.#bytes -= entryBytes(text, this.#cache.get(text));
    this.#cache.delete(text);
  }
}

function entryBytes(text: string, value: Uint8Array | undefined): number {
  return text.length + (value?.length ?? 0) + ENTRY_OVERHEAD_BYTES;
}
