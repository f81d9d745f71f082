import { type Hex, writeHex } from './bytes.js';
import { assert } from './error.js';

/** Writes fixed fields one after another into bytes whose number is known before: what `ByteReader` reads, without an array for each field. */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  #offset = 0;

  /** For exactly so many bytes. */
  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
  }

  /** A safe unsigned integer as `length` (1 to 8) big-endian bytes; asserts that it fits. */
  number(value: number, length: number): void {
    let rest = value;
    for (let at = this.#offset + length - 1; at >= this.#offset; at--) {
      this.#bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    assert(rest === 0 && Number.isSafeInteger(value), 'a number does not fit its bytes', value);
    this.#offset += length;
  }

  /** The bytes of hex text. Throws `badHex`. */
  hex(text: Hex): void {
    this.#offset = writeHex(text, this.#bytes, this.#offset);
  }

  bytes(part: Uint8Array): void {
    this.#bytes.set(part, this.#offset);
    this.#offset += part.length;
  }

  /** All that was written, which must be as many bytes as were announced. */
  end(): Uint8Array {
    assert(this.#offset === this.#bytes.length, 'bytes of another number than announced', this.#offset);
    return this.#bytes;
  }
}
