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

/** A message as MessagePack, in a buffer of its own. */
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
 * at most {@link MAX_VALUES} values and {@link MAX_DEPTH} levels; nothing after the end. Allocates nothing.
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
  if (type >= 0xa0 && type <= 0xbf) return skip(walk, type & 0x1f);
  switch (type) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return undefined;
    case 0xc4: // bin 8
    case 0xd9: // str 8
      return skipCounted(walk, 1);
    case 0xc5: // bin 16
    case 0xda: // str 16
      return skipCounted(walk, 2);
    case 0xc6: // bin 32
    case 0xdb: // str 32
      return skipCounted(walk, 4);
    case 0xcc: // uint 8
      return skip(walk, 1);
    case 0xcd: // uint 16
      return skip(walk, 2);
    case 0xce: // uint 32
      return skip(walk, 4);
    case 0xcf: // uint 64
    case 0xd3: // int 64
      return walkLongInteger(walk);
    case 0xdc: // array 16
      return walkCountedArray(walk, 2, depth);
    case 0xdd: // array 32
      return walkCountedArray(walk, 4, depth);
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

function walkCountedArray(walk: Walk, lengthBytes: number, depth: number): string | undefined {
  const count = readLength(walk, lengthBytes);
  return count === undefined ? 'it ends early' : walkArray(walk, count, depth);
}

function walkLongInteger(walk: Walk): string | undefined {
  const high = walk.bytes.length - walk.offset >= 8 ? walk.view.getUint32(walk.offset) : undefined;
  if (high === undefined) return 'it ends early';
  // The upper word of a number below 2^53 has 21 bits; a negative one has more.
  if (high >= 2 ** 21) return 'a number is not below 2^53';
  return skip(walk, 8);
}

function skipCounted(walk: Walk, lengthBytes: number): string | undefined {
  const length = readLength(walk, lengthBytes);
  return length === undefined ? 'it ends early' : skip(walk, length);
}

function skip(walk: Walk, length: number): string | undefined {
  if (length > walk.bytes.length - walk.offset) return `${length} bytes do not fit the bytes left`;
  walk.offset += length;
  return undefined;
}

function readLength(walk: Walk, lengthBytes: number): number | undefined {
  if (walk.bytes.length - walk.offset < lengthBytes) return undefined;
  let length = 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + walk.view.getUint8(walk.offset + i);
  walk.offset += lengthBytes;
  return length;
}

/** msgpackr writes integers above 2^32 as floats unless they are BigInts. */
function toPackable(value: EnvelopeValue): unknown {
  if (Array.isArray(value)) return value.map(toPackable);
  return typeof value === 'number' && value > 0xffff_ffff ? BigInt(value) : value;
}
