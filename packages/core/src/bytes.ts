import { utf8ToBytes } from '@noble/hashes/utils.js';
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

/** Codes of the characters `0` to `f`. */
const DIGIT_CODES: readonly number[] = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Values of the characters that are hexadecimal digits, negative for every other one below 128. */
const DIGIT_VALUES = new Int8Array(128).fill(-1);
for (const [value, code] of DIGIT_CODES.entries()) {
  DIGIT_VALUES[code] = value;
  DIGIT_VALUES[String.fromCharCode(code).toUpperCase().charCodeAt(0)] = value;
}
/** Bytes whose text is made at once: engines take a limited number of arguments. */
const BYTES_PER_TEXT = 1024;

/** The parts one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Bytes as lower-case hex with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  let text = hexText('0x', bytes.length <= BYTES_PER_TEXT ? bytes : bytes.subarray(0, BYTES_PER_TEXT));
  for (let from = BYTES_PER_TEXT; from < bytes.length; from += BYTES_PER_TEXT) {
    text += hexText('', bytes.subarray(from, from + BYTES_PER_TEXT));
  }
  return text as Hex;
}

/** Text made at once from its codes: one put together from parts is joined again by everybody who looks it up in a `Map`, at twice the price. */
function hexText(prefix: '' | '0x', bytes: Uint8Array): string {
  const codes = new Array<number>(prefix.length + 2 * bytes.length);
  let at = 0;
  for (; at < prefix.length; at++) codes[at] = prefix.charCodeAt(at);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    codes[at++] = DIGIT_CODES[byte >> 4] as number;
    codes[at++] = DIGIT_CODES[byte & 15] as number;
  }
  return String.fromCharCode.apply(null, codes);
}

/** Bytes of hex text with `0x` in front, an even number of digits. Throws `badHex`. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, (hex.length - 2) >> 1));
  writeHex(hex, bytes, 0);
  return bytes;
}

/** Writes the bytes of hex text, as {@link fromHex} takes it, from `offset` on; returns where they end. Throws `badHex`. */
export function writeHex(hex: string, bytes: Uint8Array, offset: number): number {
  let to = offset;
  if (hex.length % 2 === 0 && hex.startsWith('0x')) {
    let from = 2;
    while (from < hex.length) {
      const byte = (digitAt(hex, from++) << 4) | digitAt(hex, from++);
      if (byte < 0) break;
      bytes[to++] = byte;
    }
    if (to - offset === (hex.length - 2) >> 1) return to;
  }
  throw new WattchainError('badHex', `${JSON.stringify(hex.slice(0, 80))} is not hexadecimal text`, {
    hint: 'write 0x and an even number of digits 0-9, a-f',
  });
}

/** Negative where there is no digit. */
function digitAt(text: string, at: number): number {
  return DIGIT_VALUES[text.charCodeAt(at)] ?? -1;
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
  assert(Number.isSafeInteger(value) && value >= 0, 'not a safe unsigned integer', value);
  assert(length >= 8 || value < 256 ** length, 'a number does not fit its bytes', value);
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
