import { bytesToBigInt, EMPTY_BYTES } from './bytes.js';

/**
 * Reads fixed fields one after another. Reading past the end gives no bytes and sets `isShort`, which the decoder asks
 * once, after its last field; so a length that lies never makes it allocate.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #isShort = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether a field lay beyond the end; all that was read from there on is meaningless. */
  get isShort(): boolean {
    return this.#isShort;
  }

  get bytesLeft(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    if (this.#isShort || length > this.bytesLeft) {
      this.#isShort = true;
      return EMPTY_BYTES;
    }
    const from = this.#offset;
    this.#offset += length;
    return this.#bytes.subarray(from, this.#offset);
  }

  /** The next `length` bytes as a big-endian unsigned number. */
  bigInt(length: number): bigint {
    return bytesToBigInt(this.take(length));
  }

  /** The next `length` (1 to 6, so that it is exact) bytes as a big-endian unsigned number. */
  number(length: number): number {
    let value = 0;
    for (const byte of this.take(length)) value = value * 256 + byte;
    return value;
  }
}
