import { bytesToHex, concatBytes, hexToBytes as nobleHexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { assert, WattchainError } from './error.js';
import { readWord, WORD_BYTES, wordToBytes } from './words.js';

/** Lower-case hexadecimal text with `0x` in front. */
export type Hex = `0x${string}`;
/** 32 bytes as lower-case hex. Hashes are hex text everywhere, so that `===` and `Map` work on them. */
export type Hash = Hex;
/** 20 bytes as lower-case hex inside; EIP-55 only where a person reads it (`toChecksumAddress`). */
export type Address = Hex;

/** 32 zero bytes. */
export const ZERO_HASH: Hash = `0x${'00'.repeat(32)}`;
/** 20 zero bytes. */
export const ZERO_ADDRESS: Address = `0x${'00'.repeat(20)}`;
/** No bytes. */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);

export { concatBytes };

/** Bytes as lower-case hex with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** Bytes of hex text with `0x` in front, an even number of digits. Throws `badHex`. */
export function fromHex(hex: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(hex)) {
    throw new WattchainError('badHex', `${JSON.stringify(hex.slice(0, 80))} is not hexadecimal text`, {
      hint: 'write 0x and an even number of digits 0-9, a-f',
    });
  }
  return nobleHexToBytes(hex.slice(2));
}

/** Whether `value` is hex text of exactly `byteLength` bytes. */
export function isHexOf(value: unknown, byteLength: number): value is Hex {
  return typeof value === 'string' && value.length === 2 + 2 * byteLength && /^0x[0-9a-fA-F]*$/.test(value);
}

/** Whether two byte strings are equal. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

/** Order of byte strings, first differing byte decides, a prefix comes first: negative, 0 or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Big-endian unsigned number of any length; no bytes are 0. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  if (bytes.length <= WORD_BYTES) return readWord(bytes, 0, bytes.length);
  return BigInt(toHex(bytes));
}

/** Unsigned number as exactly `length` big-endian bytes; asserts that it fits. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array {
  return wordToBytes(value, length);
}

/** Safe non-negative integer as exactly `length` (1 to 8) big-endian bytes; asserts that it fits. */
export function numberToBytes(value: number, length: number): Uint8Array {
  assert(Number.isSafeInteger(value) && value >= 0, `${value} is not a safe unsigned integer`);
  assert(length >= 8 || value < 256 ** length, `${value} does not fit ${length} bytes`);
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0 && rest > 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** UTF-8 bytes of a text. */
export function textToBytes(text: string): Uint8Array {
  return utf8ToBytes(text);
}
