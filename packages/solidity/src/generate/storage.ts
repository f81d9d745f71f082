/** Words of storage and the values that share them, in solc's layout. */

import type { Operand } from '../code/code.js';
import { packedBytes, SLOT_BYTES } from '../layout.js';
import { shapeOf, type Type } from '../tree/types.js';
import type { Routine } from './routine.js';

const WORD_BITS = 8 * SLOT_BYTES;
const FULL_WORD = (1n << 256n) - 1n;

/** How far left of bit 0 a value stands in its slot: known, or in a local. */
export type BitOffset = number | Operand;

/** ( word -- value ) Cuts a packed value out of its slot's word. */
export function unpack(r: Routine, type: Type, offset: BitOffset): void {
  const shape = shapeOf(type);
  const bits = 8 * packedBytes(type);
  if (shape === undefined || bits === WORD_BITS) return;
  if (typeof offset !== 'number') {
    r.get(offset);
    r.op('SHR');
  } else if (offset > 0) {
    r.push(offset);
    r.op('SHR');
  }
  if (shape.signed) {
    r.op('SIGNEXT', bits);
  } else if (shape.left) {
    r.push(WORD_BITS - bits);
    r.op('SHL');
  } else if (typeof offset !== 'number' || offset + bits < WORD_BITS) {
    r.push((1n << BigInt(bits)) - 1n);
    r.op('AND');
  }
}

/** ( value -- bits ) A value as it stands in its slot, everything else 0. */
export function pack(r: Routine, type: Type, offset: BitOffset): void {
  const shape = shapeOf(type);
  const bits = 8 * packedBytes(type);
  if (shape === undefined || bits === WORD_BITS) return;
  if (shape.left) {
    r.push(WORD_BITS - bits);
    r.op('SHR');
  } else if (shape.signed) {
    r.push((1n << BigInt(bits)) - 1n);
    r.op('AND');
  }
  if (typeof offset !== 'number') {
    r.get(offset);
    r.op('SHL');
  } else if (offset > 0) {
    r.push(offset);
    r.op('SHL');
  }
}

/** ( -- value ) Reads a value, which is a word or shares one. */
export function loadStorage(r: Routine, type: Type, slot: Operand, offset: BitOffset): void {
  r.get(slot);
  r.op('SLOAD');
  unpack(r, type, offset);
}

/** ( value -- ) Writes a value and leaves the others of its slot as they are. */
export function storeStorage(r: Routine, type: Type, slot: Operand, offset: BitOffset): void {
  const bits = 8 * packedBytes(type);
  if (bits < WORD_BITS) {
    pack(r, type, offset);
    r.get(slot);
    r.op('SLOAD');
    pushMaskWithout(r, bits, offset);
    r.op('AND');
    r.op('OR');
  }
  r.get(slot);
  r.op('SSTORE');
}

function pushMaskWithout(r: Routine, bits: number, offset: BitOffset): void {
  const ones = (1n << BigInt(bits)) - 1n;
  if (typeof offset === 'number') {
    r.push(FULL_WORD ^ (ones << BigInt(offset)));
    return;
  }
  r.push(ones);
  r.get(offset);
  r.op('SHL');
  r.op('NOT');
}
