import { assert } from '../error.js';
import { storeDamaged } from './damage.js';

/** Zero bytes that are worth a run: one costs two bytes. */
const MIN_RUN = 3;
/** Longest value that can be packed: at worst it grows by two bytes, and its length must fit one. */
export const MAX_UNPACKED_BYTES = 253;
/** What it can grow to. */
export const MAX_PACKED_BYTES = MAX_UNPACKED_BYTES + 2;

/** Where a value is unpacked, before its length is known. */
const scratch = new Uint8Array(MAX_UNPACKED_BYTES);

/**
 * Packs a flat value as the tree keeps it, from `start` on, and returns where it ends: `(zeros 1 ‖ others 1 ‖ the others)*`, each time so many
 * zero bytes and then so many others. Most of an account's and a word's bytes are zeros in front of small numbers. A value has at most 253 bytes.
 */
export function packValueInto(value: Uint8Array, packed: Uint8Array, start: number): number {
  assert(value.length <= MAX_UNPACKED_BYTES, 'too many bytes for a value of the state tree', value.length);
  let length = start;
  for (let at = 0; at < value.length; ) {
    const zerosEnd = endOfZeros(value, at);
    const othersEnd = endOfOthers(value, zerosEnd);
    packed[length++] = zerosEnd - at;
    packed[length++] = othersEnd - zerosEnd;
    for (at = zerosEnd; at < othersEnd; at++) packed[length++] = value[at] as number;
  }
  return length;
}

/** Reverse of {@link packValueInto}, of the bytes from `start` to `end`. Throws `storeDamaged` where they are nothing that it makes. */
export function unpackValue(packed: Uint8Array, start = 0, end = packed.length): Uint8Array {
  return scratch.slice(0, unpackValueInto(packed, start, end, scratch));
}

/** The same into the beginning of `target`, which has room for the longest value; returns the length of the value. */
export function unpackValueInto(packed: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let length = 0;
  for (let at = start; at < end; ) {
    const zeros = packed[at] as number;
    const others = at + 1 < end ? (packed[at + 1] as number) : MAX_UNPACKED_BYTES + 1;
    const runEnd = at + 2 + others;
    if (runEnd > end || length + zeros + others > MAX_UNPACKED_BYTES) {
      throw storeDamaged('a value of the state tree cannot be unpacked', { length: end - start });
    }
    target.fill(0, length, length + zeros);
    length += zeros;
    for (let from = at + 2; from < runEnd; from++) target[length++] = packed[from] as number;
    at = runEnd;
  }
  return length;
}

function endOfZeros(value: Uint8Array, from: number): number {
  let end = from;
  while (end < value.length && value[end] === 0) end++;
  return end;
}

/** Where the next run of zeros begins that is worth it, or that ends the value. */
function endOfOthers(value: Uint8Array, from: number): number {
  let end = from;
  while (end < value.length) {
    const zerosEnd = endOfZeros(value, end);
    if (zerosEnd - end >= MIN_RUN) return end;
    end = zerosEnd === end ? end + 1 : zerosEnd;
  }
  return end;
}
