import { bytesEqual } from './bytes.js';

/** Bytes of a key that have a row of their own in a table; longer keys come in pieces. */
const POSITIONS = 64;
const VALUES = 256;
const FIRST_SLOTS = 16;

/** Words of a table for {@link useHashTable}. */
export const HASH_TABLE_WORDS = POSITIONS * VALUES;

let currentTable = defaultTable();

/**
 * The random words by which maps that are made from now on place their keys. Contracts choose keys, and who knows the table finds any
 * number of them for one place, each of which takes as long as all before it; so a node draws a table at its start. What a map answers,
 * also the order of its entries, does not depend on it.
 */
export function useHashTable(table: Uint32Array): void {
  currentTable = table;
}

/** A table that everybody can work out, for tests and for programs that meet no strangers. */
function defaultTable(): Uint32Array {
  const table = new Uint32Array(HASH_TABLE_WORDS);
  // Xorshift (Marsaglia, 2003).
  for (let i = 0, word = 2_463_534_242; i < table.length; i++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    table[i] = word;
  }
  return table;
}

/** The 32 bits by which a map with a table places a key. */
export function hashBytes(key: Uint8Array, table: Uint32Array): number {
  let hash = key.length;
  for (let i = 0, row = 0; i < key.length; i++, row++) {
    if (row === POSITIONS) {
      // What follows has rows again, behind four bytes that stand for all before it.
      const before = hash;
      hash = 0;
      for (row = 0; row < 4; row++) hash ^= table[row * VALUES + ((before >>> (8 * row)) & 0xff)] as number;
    }
    hash ^= table[row * VALUES + (key[i] as number)] as number;
  }
  return hash | 0;
}

/**
 * Values by keys of bytes, in the order in which keys were first set, as `Map` has them by text. Keys belong to the map: they are not
 * changed any more. Open addressing over tabulation hashing (Zobrist), half of the slots free.
 */
export class ByteMap<Value> {
  readonly #table = currentTable;
  /** Place of an entry + 1, 0 for free. */
  #slots: Int32Array;
  #hashes: Int32Array;
  /** Entries, `undefined` for a deleted one, whose place is given away when the slots are counted anew. */
  #keys: (Uint8Array | undefined)[] = [];
  #values: (Value | undefined)[] = [];
  #size = 0;

  /** With room for so many entries; it takes more as well. */
  constructor(entries = 0) {
    let slotCount = FIRST_SLOTS;
    while (slotCount < 2 * entries) slotCount *= 2;
    this.#slots = new Int32Array(slotCount);
    this.#hashes = new Int32Array(slotCount / 2);
  }

  get size(): number {
    return this.#size;
  }

  has(key: Uint8Array): boolean {
    return this.#size > 0 && this.#entry(key, this.#hash(key)) >= 0;
  }

  get(key: Uint8Array): Value | undefined {
    if (this.#size === 0) return undefined;
    const entry = this.#entry(key, this.#hash(key));
    return entry < 0 ? undefined : this.#values[entry];
  }

  set(key: Uint8Array, value: Value): void {
    const hash = this.#hash(key);
    const known = this.#entry(key, hash);
    if (known >= 0) {
      this.#values[known] = value;
      return;
    }
    if (this.#keys.length === this.#hashes.length) this.#makeRoom();
    const entry = this.#keys.push(key) - 1;
    this.#values.push(value);
    this.#hashes[entry] = hash;
    this.#slots[this.#freeSlot(hash)] = entry + 1;
    this.#size++;
  }

  /** Whether there was something to delete. */
  delete(key: Uint8Array): boolean {
    const entry = this.#entry(key, this.#hash(key));
    if (entry < 0) return false;
    this.#keys[entry] = undefined;
    this.#values[entry] = undefined;
    this.#size--;
    return true;
  }

  *entries(): Generator<readonly [Uint8Array, Value], void, undefined> {
    for (const [entry, key] of this.#keys.entries()) {
      if (key !== undefined) yield [key, this.#values[entry] as Value];
    }
  }

  /** The values alone, in the same order. */
  values(): Value[] {
    if (this.#size === this.#keys.length) return this.#values.slice() as Value[];
    return this.#values.filter((_, entry) => this.#keys[entry] !== undefined) as Value[];
  }

  #hash(key: Uint8Array): number {
    return hashBytes(key, this.#table);
  }

  /** Where a key's entry stands, -1 for nowhere. */
  #entry(key: Uint8Array, hash: number): number {
    const slots = this.#slots;
    for (let at = hash & (slots.length - 1); ; at = (at + 1) & (slots.length - 1)) {
      const entry = (slots[at] as number) - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] !== hash) continue;
      const other = this.#keys[entry];
      if (other !== undefined && bytesEqual(other, key)) return entry;
    }
  }

  #freeSlot(hash: number): number {
    let at = hash & (this.#slots.length - 1);
    while (this.#slots[at] !== 0) at = (at + 1) & (this.#slots.length - 1);
    return at;
  }

  /** Room for twice as many entries as there are, the deleted ones left out. */
  #makeRoom(): void {
    let slotCount = FIRST_SLOTS;
    while (slotCount < 4 * this.#size) slotCount *= 2;
    const [hashes, keys, values] = [this.#hashes, this.#keys, this.#values];
    this.#slots = new Int32Array(slotCount);
    this.#hashes = new Int32Array(slotCount / 2);
    this.#keys = [];
    this.#values = [];
    for (let before = 0; before < keys.length; before++) {
      const key = keys[before];
      if (key === undefined) continue;
      const hash = hashes[before] as number;
      const entry = this.#keys.push(key) - 1;
      this.#values.push(values[before]);
      this.#hashes[entry] = hash;
      this.#slots[this.#freeSlot(hash)] = entry + 1;
    }
  }
}
