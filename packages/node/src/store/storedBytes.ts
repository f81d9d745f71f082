import { assert, bytesToBigInt, type Hash, storeDamaged, toHex } from '@wattchain/core';

const HASH_BYTES = 32;
/** Bytes of the longest small number, below 2^49. */
export const MAX_SMALL_BYTES = 7;

/** Reads stored bytes from front to back; running past the end is damage. */
export class StoredBytes {
  #offset = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly what: string,
  ) {}

  get isAtEnd(): boolean {
    return this.#offset === this.bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.bytes.length) throw storeDamaged(`${this.what} is cut off`, { length: this.bytes.length });
    const part = this.bytes.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }

  number(length: number): number {
    return Number(bytesToBigInt(this.take(length)));
  }

  /** What {@link smallNumber} made. */
  small(): number {
    const isPadded = this.bytes[this.#offset] === 0x80;
    let value = 0;
    for (let i = 0; i < MAX_SMALL_BYTES; i++) {
      const [byte = 0] = this.take(1);
      value = value * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      if (isPadded) throw storeDamaged(`${this.what} has a number that is longer than it needs`);
      return value;
    }
    throw storeDamaged(`${this.what} has a number without an end`);
  }

  hash(): Hash {
    return toHex(this.take(HASH_BYTES));
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.#offset);
  }

  end(): void {
    if (!this.isAtEnd) throw storeDamaged(`${this.what} is too long`, { length: this.bytes.length });
  }
}

/**
 * Writes a number below 2^49 in as few bytes as it needs, from `offset` on, and returns where they end: seven bits each, the most significant first,
 * the high bit where another follows.
 */
export function writeSmallNumber(value: number, bytes: Uint8Array, offset: number): number {
  assert(Number.isSafeInteger(value) && value >= 0 && value < 2 ** 49, 'no small number', value);
  let end = offset + 1;
  for (let rest = value; rest >= 128; rest /= 128) end++;
  let rest = value;
  for (let at = end - 1; at >= offset; at--) {
    bytes[at] = (rest % 128) + (at === end - 1 ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  return end;
}
