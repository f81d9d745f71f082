import { bigIntToBytes, concatBytes, EMPTY_BYTES, numberToBytes } from '../bytes.js';
import type { Outcome } from '../error.js';

/** A byte string or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** Why bytes are not canonical RLP. */
export interface RlpFault {
  readonly detail: string;
}

/** A transaction is one list of strings; the bound keeps hostile nesting from exhausting the call stack. */
const MAX_DEPTH = 16;

/** Recursive length prefix encoding (Ethereum yellow paper, appendix B). */
export function encodeRlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && (item[0] as number) < 0x80) return item;
    return concatBytes(encodePrefix(0x80, item.length), item);
  }
  const payload = concatBytes(...item.map(encodeRlp));
  return concatBytes(encodeListPrefix(payload.length), payload);
}

/** What stands in front of a list whose encoded items have so many bytes. */
export function encodeListPrefix(length: number): Uint8Array {
  return encodePrefix(0xc0, length);
}

/**
 * The one item that `bytes` are, and nothing after it. Strict: every item has exactly one accepted encoding, so
 * `encodeRlp(decodeRlp(bytes))` gives `bytes` back. Byte strings in the result are views of `bytes`.
 */
export function decodeRlp(bytes: Uint8Array): Outcome<RlpItem, RlpFault> {
  const read = readItem(bytes, 0, bytes.length, 0);
  if (read.fault) return read;
  if (read.value.end !== bytes.length) return fault(`${bytes.length - read.value.end} bytes follow the item`);
  return { value: read.value.item };
}

/** An unsigned number as RLP wants it: big-endian without leading zeros, 0 is no bytes. */
export function encodeRlpNumber(value: bigint | number): Uint8Array {
  if (typeof value === 'number') {
    let length = 0;
    for (let rest = value; rest >= 1; rest /= 256) length++;
    return numberToBytes(value, length);
  }
  const wide = BigInt(value);
  if (wide === 0n) return EMPTY_BYTES;
  const digits = wide.toString(16);
  return bigIntToBytes(wide, (digits.length + 1) >> 1);
}

function encodePrefix(base: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const lengthBytes = encodeRlpNumber(length);
  return concatBytes(Uint8Array.of(base + 55 + lengthBytes.length), lengthBytes);
}

type Read<T> = Outcome<T, RlpFault>;

function readItem(
  bytes: Uint8Array,
  start: number,
  limit: number,
  depth: number,
): Read<{ item: RlpItem; end: number }> {
  const first = bytes[start];
  if (start >= limit || first === undefined) return fault(`an item is missing at byte ${start}`);
  if (first < 0x80) return { value: { item: bytes.subarray(start, start + 1), end: start + 1 } };

  const isList = first >= 0xc0;
  const span = readSpan(bytes, start, limit, first - (isList ? 0xc0 : 0x80));
  if (span.fault) return span;
  const { from, to } = span.value;
  if (!isList) {
    if (to - from === 1 && (bytes[from] as number) < 0x80) {
      return fault(`the byte at ${from} stands for itself and must have no prefix`);
    }
    return { value: { item: bytes.subarray(from, to), end: to } };
  }
  if (depth === MAX_DEPTH) return fault(`lists are nested deeper than ${MAX_DEPTH}`);
  const items: RlpItem[] = [];
  for (let at = from; at < to; ) {
    const read = readItem(bytes, at, to, depth + 1);
    if (read.fault) return read;
    items.push(read.value.item);
    at = read.value.end;
  }
  return { value: { item: items, end: to } };
}

/** Where the payload lies; `code` is the prefix without the base of its kind: 0-55 a length, 56-63 the length of a length. */
function readSpan(bytes: Uint8Array, start: number, limit: number, code: number): Read<{ from: number; to: number }> {
  let length = code;
  let from = start + 1;
  if (code > 55) {
    const lengthBytes = bytes.subarray(from, Math.min(from + code - 55, limit));
    if (lengthBytes.length < code - 55) return fault(`the length at byte ${start} is cut off`);
    if (lengthBytes[0] === 0) return fault(`the length at byte ${start} starts with a zero`);
    // More than 6 bytes of length is beyond any memory, and beyond exact numbers.
    if (lengthBytes.length > 6) return fault(`the length at byte ${start} exceeds the input`);
    length = lengthBytes.reduce((sum, byte) => sum * 256 + byte, 0);
    if (length < 56) return fault(`the length at byte ${start} is not in its shortest form`);
    from += lengthBytes.length;
  }
  if (from + length > limit) return fault(`the item at byte ${start} needs ${length} bytes, ${limit - from} are left`);
  return { value: { from, to: from + length } };
}

function fault(detail: string): { fault: RlpFault } {
  return { fault: { detail } };
}
