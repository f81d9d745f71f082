import type { Dice } from './dice.js';

/** Bytes at which decoders change their minds: ends of ranges, prefixes of RLP and MessagePack, brackets. */
const EDGE_BYTES = [
  0, 1, 2, 0x1f, 0x20, 0x21, 0x37, 0x38, 0x41, 0x7f, 0x80, 0x81, 0x90, 0x94, 0xa0, 0xb7, 0xb8, 0xbf, 0xc0, 0xc2, 0xc3,
  0xc4, 0xc5, 0xc6, 0xcc, 0xcd, 0xce, 0xcf, 0xd3, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xdf, 0xf7, 0xf8, 0xf9, 0xfe, 0xff,
];
/** Widths of numbers in fixed fields. */
const WIDTHS = [1, 2, 4, 8];
const MAX_INSERTED = 16;

type Edit = (bytes: Uint8Array, dice: Dice, other: Uint8Array, dictionary: readonly Uint8Array[]) => Uint8Array;

function replaced(bytes: Uint8Array, from: number, to: number, part: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (to - from) + part.length);
  result.set(bytes.subarray(0, from));
  result.set(part, from);
  result.set(bytes.subarray(to), from + part.length);
  return result;
}

/** A part of the bytes: mostly short, perhaps empty. */
function span(bytes: Uint8Array, dice: Dice): readonly [from: number, to: number] {
  const from = dice.below(bytes.length + 1);
  const most = dice.oneIn(4) ? bytes.length - from : Math.min(MAX_INSERTED, bytes.length - from);
  return [from, from + dice.below(most + 1)];
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const result = bytes.slice();
  result[at] = value;
  return result;
}

const EDITS: readonly Edit[] = [
  // One bit, one byte.
  (bytes, dice) => {
    const at = dice.below(bytes.length);
    return withByte(bytes, at, (bytes[at] as number) ^ (1 << dice.below(8)));
  },
  (bytes, dice) => withByte(bytes, dice.below(bytes.length), dice.of(EDGE_BYTES)),
  (bytes, dice) => withByte(bytes, dice.below(bytes.length), dice.below(256)),
  // A number or a length that is a little larger or smaller.
  (bytes, dice) => {
    const width = Math.min(dice.of(WIDTHS), bytes.length);
    const at = dice.below(bytes.length - width + 1);
    const result = bytes.slice();
    let carry = dice.below(2) === 0 ? 1 + dice.below(8) : -1 - dice.below(8);
    for (let i = at + width - 1; i >= at && carry !== 0; i--) {
      const sum = (result[i] as number) + carry;
      result[i] = sum & 0xff;
      carry = sum >> 8;
    }
    return result;
  },
  // Parts that go, come twice, come anew.
  (bytes, dice) => {
    const [from, to] = span(bytes, dice);
    return replaced(bytes, from, to, new Uint8Array(0));
  },
  (bytes, dice) => {
    const [from, to] = span(bytes, dice);
    return replaced(bytes, to, to, bytes.subarray(from, to));
  },
  (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return replaced(bytes, at, at, dice.bytes(1 + dice.below(MAX_INSERTED)));
  },
  (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return replaced(bytes, at, at, new Uint8Array(1 + dice.below(MAX_INSERTED)).fill(dice.of(EDGE_BYTES)));
  },
  // The end.
  (bytes, dice) => bytes.slice(0, dice.below(bytes.length + 1)),
  (bytes, dice) => replaced(bytes, bytes.length, bytes.length, dice.bytes(1 + dice.below(4))),
  // Words of the decoder.
  (bytes, dice, _, dictionary) => {
    if (dictionary.length === 0) return withByte(bytes, dice.below(bytes.length), dice.of(EDGE_BYTES));
    const word = dice.of(dictionary);
    const at = dice.below(bytes.length + 1);
    return replaced(bytes, at, dice.oneIn(2) ? at : Math.min(bytes.length, at + word.length), word);
  },
  // Parts of another input.
  (bytes, dice, other) => {
    const [from, to] = span(other, dice);
    const [at, end] = span(bytes, dice);
    return replaced(bytes, at, end, other.subarray(from, to));
  },
  // The beginning of one and the end of another.
  (bytes, dice, other) => {
    const cut = dice.below(bytes.length + 1);
    return replaced(bytes, cut, bytes.length, other.subarray(dice.below(other.length + 1)));
  },
];

/** One change of some bytes. */
export function editBytes(
  bytes: Uint8Array,
  dice: Dice,
  other: Uint8Array,
  dictionary: readonly Uint8Array[] = [],
): Uint8Array {
  if (bytes.length === 0) return dice.oneIn(2) ? other.slice() : dice.bytes(1 + dice.below(MAX_INSERTED));
  return dice.of(EDITS)(bytes, dice, other, dictionary);
}
