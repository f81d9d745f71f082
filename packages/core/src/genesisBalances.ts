import { type Address, fromHex, toHex } from './bytes.js';
import { assert } from './error.js';
import { readWord, wordToBytes } from './words.js';

/** Coins that an address starts with. */
export interface GenesisBalance {
  readonly address: Address;
  /** In wei, below 2^128. */
  readonly balance: bigint;
}

const ADDRESS_BYTES = 20;
const BALANCE_BYTES = 16;
const ENTRY_BYTES = ADDRESS_BYTES + BALANCE_BYTES;
const FIRST_ENTRIES = 16;

/** The coins that addresses start with, 36 bytes each: a network may begin with a million of them, and a node keeps them for as long as it runs. */
export class GenesisBalances implements Iterable<GenesisBalance> {
  #bytes = new Uint8Array(FIRST_ENTRIES * ENTRY_BYTES);
  #length = 0;

  /** In the order in which they come. */
  static from(balances: Iterable<GenesisBalance>): GenesisBalances {
    if (balances instanceof GenesisBalances) return balances;
    const packed = new GenesisBalances();
    for (const balance of balances) packed.#add(balance);
    packed.#bytes = packed.#bytes.slice(0, packed.#length * ENTRY_BYTES);
    return packed;
  }

  /** The same by address. */
  sorted(): GenesisBalances {
    const order = new Uint32Array(this.#length);
    let isSorted = true;
    for (let index = 1; index < order.length; index++) {
      order[index] = index;
      isSorted &&= this.#compare(index - 1, index) <= 0;
    }
    if (isSorted) return this;
    order.sort((a, b) => this.#compare(a, b));
    const sorted = new GenesisBalances();
    sorted.#bytes = new Uint8Array(this.#bytes.length);
    for (const [place, index] of order.entries()) {
      const start = index * ENTRY_BYTES;
      sorted.#bytes.set(this.#bytes.subarray(start, start + ENTRY_BYTES), place * ENTRY_BYTES);
    }
    sorted.#length = this.#length;
    return sorted;
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): GenesisBalance {
    return { address: toHex(this.addressBytes(index)), balance: readWord(this.balanceBytes(index), 0, BALANCE_BYTES) };
  }

  /** A view of 20 bytes. */
  addressBytes(index: number): Uint8Array {
    const start = this.#startOf(index);
    return this.#bytes.subarray(start, start + ADDRESS_BYTES);
  }

  /** A view of 16 bytes, big-endian. */
  balanceBytes(index: number): Uint8Array {
    const start = this.#startOf(index) + ADDRESS_BYTES;
    return this.#bytes.subarray(start, start + BALANCE_BYTES);
  }

  *[Symbol.iterator](): Generator<GenesisBalance, void, undefined> {
    for (let index = 0; index < this.#length; index++) yield this.at(index);
  }

  /** Of sorted balances an address that comes more than once. */
  repeatedAddress(): Address | undefined {
    for (let index = 1; index < this.#length; index++) {
      if (this.#compare(index - 1, index) === 0) return this.at(index).address;
    }
    return undefined;
  }

  /** Those that are more than 0. */
  withoutZeros(): GenesisBalances {
    const isZero = (index: number) => this.balanceBytes(index).every((byte) => byte === 0);
    for (let index = 0; index < this.#length; index++) {
      if (isZero(index)) return GenesisBalances.from([...this].filter(({ balance }) => balance > 0n));
    }
    return this;
  }

  #compare(a: number, b: number): number {
    const [one, other] = [a * ENTRY_BYTES, b * ENTRY_BYTES];
    for (let i = 0; i < ADDRESS_BYTES; i++) {
      const difference = (this.#bytes[one + i] as number) - (this.#bytes[other + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #startOf(index: number): number {
    assert(Number.isInteger(index) && index >= 0 && index < this.#length, 'no such balance', index);
    return index * ENTRY_BYTES;
  }

  #add({ address, balance }: GenesisBalance): void {
    const end = this.#length * ENTRY_BYTES;
    if (end === this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(fromHex(address), end);
    this.#bytes.set(wordToBytes(balance, BALANCE_BYTES), end + ADDRESS_BYTES);
    this.#length++;
  }
}
