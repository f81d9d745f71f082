import { isUtf8 } from 'node:buffer';
import type { Outcome } from '@wattchain/core';
import { Packr, Unpackr } from 'msgpackr';
import type { MessageFault } from './faultPolicy.js';

/** What a message is made of. Numbers are integers from 0 to 2^53 − 1. */
export type EnvelopeValue = null | boolean | number | string | Uint8Array | readonly EnvelopeValue[];

/** Deepest nesting of arrays. */
export const MAX_DEPTH = 8;
/** Most values in one message, arrays counted: the largest message has 512 headers. */
export const MAX_VALUES = 1024;

const packr = new Packr({ useRecords: false, moreTypes: false, structuredClone: false });
const unpackr = new Unpackr({
  useRecords: false,
  moreTypes: false,
  structuredClone: false,
  mapsAsObjects: false,
  int64AsType: 'number',
  // A copy, so that a body in use does not keep the whole answer in memory.
  copyBuffers: true,
});

/** A message as MessagePack, in a buffer of its own: every value has one encoding, the shortest. */
export function encodeEnvelope(value: EnvelopeValue): Uint8Array {
  return new Uint8Array(packr.pack(toPackable(value)));
}

/** Reverse of {@link encodeEnvelope} for bytes from anybody: msgpackr sees only what {@link checkEnvelope} let through. */
export function decodeEnvelope(bytes: Uint8Array): Outcome<EnvelopeValue, MessageFault> {
  const fault = checkEnvelope(bytes);
  if (fault) return { fault };
  // A plain Uint8Array, because a Buffer's `slice` shares memory where everybody expects a copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { value: unpackr.unpack(plain) as EnvelopeValue };
}

/**
 * Walks the bytes before msgpackr does, because msgpackr alone lets five bytes allocate 270 MB and knows types that build
 * objects. Lets through: nil, bool, unsigned integers below 2^53, bin, str, array; every length within the bytes left,
 * at most {@link MAX_VALUES} values and {@link MAX_DEPTH} levels; nothing after the end; each value in the one encoding that
 * {@link encodeEnvelope} gives it, so that nobody gossips one message as many. Allocates nothing.
 */
export function checkEnvelope(bytes: Uint8Array): MessageFault | undefined {
  const walk: Walk = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    offset: 0,
    values: 0,
  };
  const detail = walkValue(walk, 0);
  if (detail !== undefined) return { code: 'messageEnvelope', offset: walk.offset, detail };
  if (walk.offset === bytes.length) return undefined;
  return { code: 'messageEnvelope', offset: walk.offset, detail: `${bytes.length - walk.offset} bytes follow the end` };
}

interface Walk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  offset: number;
  values: number;
}

/** Steps over one value; says what is wrong with it. */
function walkValue(walk: Walk, depth: number): string | undefined {
  if (++walk.values > MAX_VALUES) return `more than ${MAX_VALUES} values`;
  const type = walk.bytes[walk.offset];
  if (type === undefined) return 'it ends early';
  walk.offset++;
  if (type <= 0x7f) return undefined;
  if (type >= 0x90 && type <= 0x9f) return walkArray(walk, type & 0x0f, depth);
  if (type >= 0xa0 && type <= 0xbf) return skipText(walk, type & 0x1f);
  switch (type) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return undefined;
    case 0xc4: // bin 8
      return walkSized(walk, 1, 0, skip);
    case 0xc5: // bin 16
      return walkSized(walk, 2, 0x100, skip);
    case 0xc6: // bin 32
      return walkSized(walk, 4, 0x1_0000, skip);
    case 0xd9: // str 8
      return walkSized(walk, 1, 0x20, skipText);
    case 0xda: // str 16
      return walkSized(walk, 2, 0x100, skipText);
    case 0xdb: // str 32
      return walkSized(walk, 4, 0x1_0000, skipText);
    case 0xcc: // uint 8
      return walkSized(walk, 1, 0x80);
    case 0xcd: // uint 16
      return walkSized(walk, 2, 0x100);
    case 0xce: // uint 32
      return walkSized(walk, 4, 0x1_0000);
    case 0xd3: // int 64
      return walkLongInteger(walk);
    case 0xdc: // array 16
      return walkSized(walk, 2, 0x10, (_, count) => walkArray(walk, count, depth));
    case 0xdd: // array 32
      return walkSized(walk, 4, 0x1_0000, (_, count) => walkArray(walk, count, depth));
    default:
      return `type 0x${type.toString(16)} is not used`;
  }
}

function walkArray(walk: Walk, count: number, depth: number): string | undefined {
  if (depth >= MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} arrays`;
  if (count > walk.bytes.length - walk.offset) return `an array of ${count} values does not fit the bytes left`;
  for (let i = 0; i < count; i++) {
    const detail = walkValue(walk, depth + 1);
    if (detail !== undefined) return detail;
  }
  return undefined;
}

/** A number in so many bytes, or a length and what it counts; fewer than `least` have a shorter form. */
function walkSized(
  walk: Walk,
  sizeBytes: number,
  least: number,
  content: (walk: Walk, size: number) => string | undefined = () => undefined,
): string | undefined {
  if (walk.bytes.length - walk.offset < sizeBytes) return `${sizeBytes} bytes do not fit the bytes left`;
  let size = 0;
  for (let i = 0; i < sizeBytes; i++) size = size * 256 + walk.view.getUint8(walk.offset + i);
  walk.offset += sizeBytes;
  return size < least ? `${size} stands in more bytes than it needs` : content(walk, size);
}

function walkLongInteger(walk: Walk): string | undefined {
  const high = walk.bytes.length - walk.offset >= 8 ? walk.view.getUint32(walk.offset) : undefined;
  if (high === undefined) return 'it ends early';
  // The upper word of a number below 2^53 has 21 bits; a negative one has more.
  if (high >= 2 ** 21) return 'a number is not below 2^53';
  return high === 0 ? 'a number stands in more bytes than it needs' : skip(walk, 8);
}

function skip(walk: Walk, length: number): string | undefined {
  if (length > walk.bytes.length - walk.offset) return `${length} bytes do not fit the bytes left`;
  walk.offset += length;
  return undefined;
}

/** Text must be what its characters are encoded as. */
function skipText(walk: Walk, length: number): string | undefined {
  const from = walk.offset;
  const isText = length <= walk.bytes.length - from && isUtf8(walk.bytes.subarray(from, from + length));
  return skip(walk, length) ?? (isText ? undefined : 'a text is not UTF-8');
}

/** msgpackr writes integers above 2^32 as floats unless they are BigInts, which it writes as int 64. */
function toPackable(value: EnvelopeValue): unknown {
  if (Array.isArray(value)) return value.map(toPackable);
  return typeof value === 'number' && value > 0xffff_ffff ? BigInt(value) : value;
}
