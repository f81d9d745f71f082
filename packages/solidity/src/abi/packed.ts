/** Hashes of `abi.encodePacked`: the bytes of values without padding, one behind the other. */
import { assert } from '@wattchain/core';
import type { Operand } from '../code/code.js';
import { pushFree } from '../generate/memory.js';
import type { Routine } from '../generate/routine.js';
import { type ArrayType, type Shape, shapeOf, type Type } from '../tree/types.js';
import { WORD_SHIFT } from './shape.js';
import { longPointer, pushIsLong, shortBytes, shortLength } from './textParts.js';

const WORD_BITS = 256;
const WORD_BYTES = WORD_BITS / 8;

/** Whether a value of the type has a packed encoding that is known here. */
export function isPackable(type: Type): boolean {
  const item = type.kind === 'array' ? type.base : type;
  return type.kind === 'text' || shapeOf(item) !== undefined;
}

/** ( v1 … vn -- hash ) `keccak256(abi.encodePacked(…))` of values, texts and arrays of values. */
export function hashPacked(r: Routine, types: readonly Type[]): void {
  const [first] = types;
  if (types.length === 1 && first?.kind === 'text') hashText(r);
  else if (types.some(({ kind }) => kind === 'text' || kind === 'array')) hashAppended(r, types);
  else hashFixed(r, types);
}

function hashFixed(r: Routine, types: readonly Type[]): void {
  const bytes = packedLength(types);
  if (bytes === WORD_BYTES * types.length) {
    r.op('HASH', types.length);
    return;
  }
  r.scope(() => {
    const values = r.keepMany(types.length);
    const words = Math.ceil(bytes / WORD_BYTES);
    if (bytes % WORD_BYTES === 0) {
      for (let word = 0; word < words; word++) pushPackedWord(r, types, values, word);
      r.op('HASH', words);
      return;
    }
    pushFree(r);
    const start = r.keep();
    for (let word = 0; word < words; word++) {
      pushPackedWord(r, types, values, word);
      r.getPlus(start, word);
      r.op('MSTORE');
    }
    r.get(start);
    r.push(bytes);
    r.op('HASHM');
    // Memory that is not taken stays 0.
    for (let word = 0; word < words; word++) {
      r.push(0);
      r.getPlus(start, word);
      r.op('MSTORE');
    }
  });
}

/** As long as the texts are, the values are not known to stand at any place: each is put behind the one before. */
function hashAppended(r: Routine, types: readonly Type[]): void {
  r.scope(() => {
    const values = r.keepMany(types.length);
    r.push(0);
    for (const [i, type] of types.entries()) appendPacked(r, type, values[i] as Operand);
    const bytes = r.keep();
    pushFree(r);
    const start = r.keep();
    r.get(start);
    r.get(bytes);
    r.op('HASHM');
    r.get(bytes);
    r.push(WORD_SHIFT);
    r.op('SHR');
    // The word in which the bytes end has bytes of theirs; nothing but zeros was written behind it.
    r.push(1);
    r.op('ADDWRAP');
    r.countUp(r.keep(), (i) => {
      r.push(0);
      r.get(start);
      r.get(i);
      r.op('ADDWRAP');
      r.op('MSTORE');
    });
  });
}

/** ( text -- hash ) `keccak256(bytes(text))` */
function hashText(r: Routine): void {
  r.call(
    r.unit.subroutine('hash text', 1, 1, (sub) => {
      const text = sub.keep();
      const isLong = sub.newLabel();
      const end = sub.newLabel();
      sub.get(text);
      pushIsLong(sub);
      sub.jumpIf(isLong);
      pushFree(sub);
      const start = sub.keep();
      sub.get(text);
      shortBytes(sub);
      sub.get(start);
      sub.op('MSTORE');
      sub.get(start);
      sub.get(text);
      shortLength(sub);
      sub.op('HASHM');
      sub.push(0);
      sub.get(start);
      sub.op('MSTORE');
      sub.jump(end);
      sub.mark(isLong);
      sub.get(text);
      longPointer(sub);
      const pointer = sub.keep();
      sub.getPlus(pointer, 1);
      sub.get(pointer);
      sub.op('MLOAD');
      sub.op('HASHM');
      sub.mark(end);
    }),
  );
}

function packedShape(type: Type): Shape & { readonly bytes: number } {
  const shape = shapeOf(type);
  assert(shape !== undefined, `${type.kind} is packed`);
  return { ...shape, bytes: Math.ceil(shape.bits / 8) };
}

/** Bytes that the values take. */
function packedLength(types: readonly Type[]): number {
  return types.reduce((sum, type) => sum + packedShape(type).bytes, 0);
}

/** ( -- word ) The 32 bytes of that number of the values' bytes. */
function pushPackedWord(r: Routine, types: readonly Type[], values: readonly Operand[], word: number): void {
  const end = (word + 1) * WORD_BYTES;
  let position = 0;
  let isFirst = true;
  for (const [i, type] of types.entries()) {
    const { bytes, left, signed } = packedShape(type);
    const start = position;
    position += bytes;
    if (position <= end - WORD_BYTES || start >= end) continue;
    r.get(values[i] as Operand);
    if (signed && bytes < WORD_BYTES) {
      r.push((1n << BigInt(8 * bytes)) - 1n);
      r.op('AND');
    }
    shift(r, 8 * (end - position) - (left ? WORD_BITS - 8 * bytes : 0));
    if (!isFirst) r.op('OR');
    isFirst = false;
  }
}

/** ( word -- word ) To the left by so many bits, or to the right. */
function shift(r: Routine, bits: number): void {
  if (bits === 0) return;
  r.push(Math.abs(bits));
  r.op(bits > 0 ? 'SHL' : 'SHR');
}

/** ( position -- position ) Writes a value's bytes behind so many bytes of the memory that is not taken. */
function appendPacked(r: Routine, type: Type, value: Operand): void {
  if (type.kind === 'text') {
    r.get(value);
    r.call(r.unit.subroutine('append text', 2, 1, appendText));
    return;
  }
  if (type.kind === 'array') {
    appendArray(r, type, value);
    return;
  }
  const { bytes, left } = packedShape(type);
  r.get(value);
  if (!left) shift(r, WORD_BITS - 8 * bytes);
  r.push(bytes);
  appendBytes(r);
}

/** ( position -- position ) The elements of an array in memory, each as a whole word: so solc packs arrays. */
function appendArray(r: Routine, { length }: ArrayType, pointer: Operand): void {
  r.scope(() => {
    const count = length === undefined ? memoryLength(r, pointer) : { constant: length };
    const first = length === undefined ? r.plus(pointer, 1) : pointer;
    r.countUp(count, (i) => {
      r.get(first);
      r.get(i);
      r.op('ADDWRAP');
      r.op('MLOAD');
      r.push(WORD_BYTES);
      appendBytes(r);
    });
  });
}

function memoryLength(r: Routine, pointer: Operand): Operand {
  r.get(pointer);
  r.op('MLOAD');
  return r.keep();
}

/** ( position bytes length -- position ) Bytes at the left end of a word, zeros behind them. */
function appendBytes(r: Routine): void {
  r.call(
    r.unit.subroutine('append bytes', 3, 1, (sub) => {
      const [position, bytes, length] = sub.keepMany(3) as [Operand, Operand, Operand];
      pushFree(sub);
      sub.get(position);
      sub.push(WORD_SHIFT);
      sub.op('SHR');
      sub.op('ADDWRAP');
      const at = sub.keep();
      sub.get(position);
      sub.push(WORD_BYTES - 1);
      sub.op('AND');
      sub.push(3);
      sub.op('SHL');
      const bits = sub.keep();
      sub.get(bytes);
      sub.get(bits);
      sub.op('SHR');
      sub.get(at);
      sub.op('MLOAD');
      sub.op('OR');
      sub.get(at);
      sub.op('MSTORE');
      // What did not fit: nothing where the first word was empty, because a word moved by 256 bits is 0.
      sub.get(bytes);
      sub.push(WORD_BITS);
      sub.get(bits);
      sub.op('SUBWRAP');
      sub.op('SHL');
      sub.getPlus(at, 1);
      sub.op('MSTORE');
      sub.get(position);
      sub.get(length);
      sub.op('ADDWRAP');
    }),
  );
}

/** ( position text -- position ) */
function appendText(r: Routine): void {
  const [position, text] = r.keepMany(2) as [Operand, Operand];
  const [isLong, end] = [r.newLabel(), r.newLabel()];
  r.get(text);
  pushIsLong(r);
  r.jumpIf(isLong);
  r.get(position);
  r.get(text);
  shortBytes(r);
  r.get(text);
  shortLength(r);
  appendBytes(r);
  r.jump(end);
  r.mark(isLong);
  r.get(text);
  longPointer(r);
  const pointer = r.keep();
  r.get(pointer);
  r.op('MLOAD');
  const length = r.keep();
  r.get(position);
  r.get(length);
  r.push(WORD_BYTES - 1);
  r.op('ADDWRAP');
  r.push(WORD_SHIFT);
  r.op('SHR');
  r.countUp(r.keep(), (i) => {
    r.get(pointer);
    r.push(1);
    r.op('ADDWRAP');
    r.get(i);
    r.op('ADDWRAP');
    r.op('MLOAD');
    r.push(WORD_BYTES);
    appendBytes(r);
  });
  r.op('POP');
  r.get(position);
  r.get(length);
  r.op('ADDWRAP');
  r.mark(end);
}
