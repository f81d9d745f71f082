/**
 * Encoded values to words of the machine. What is decoded to memory is checked and copied whole; a struct or array of `calldata`
 * stays there: its word is the index of its first head word, of a dynamic array that of its length, and its parts are checked when
 * they are read.
 */
import { assert } from '@wattchain/core';
import type { Operand } from '../code/code.js';
import { allocate, allocateWords } from '../generate/memory.js';
import { PANIC, type Routine } from '../generate/routine.js';
import { failTooLong, MAX_SHORT_BYTES } from '../generate/text.js';
import { type ArrayType, type StructType, shapeOf, type TextType, type Type, typeKey } from '../tree/types.js';
import {
  type Aggregate,
  bodyWords,
  inMemory,
  isAggregate,
  isDynamic,
  memberTypes,
  WORD_SHIFT,
  wordsOf,
} from './shape.js';
import { callReader, pushEnd, pushWordsBehind, readWord, type Source } from './source.js';
import { failUnlessZero, validate } from './validate.js';

const FIRST_ARGUMENT: Operand = { constant: 0n };
/** solc's decoder panics when the bytes of a new array do not fit 64 bits, before it looks whether they are there. */
const MAX_LENGTH_BITS = { text: 64, array: 59 };
/** The header of the code counts head words in one byte. */
const MAX_HEAD_WORDS = 255;

/** ( -- v1 … vn ) The arguments of the call, each checked, from the head word at index 0 on. */
export function decodeArguments(r: Routine, types: readonly Type[]): void {
  let index = 0;
  for (const type of types) {
    r.push(index);
    readCalldata(r, type, FIRST_ARGUMENT);
    index += wordsOf(r, type);
  }
  if (index <= MAX_HEAD_WORDS) return;
  throw r.unit.refuse(
    r.node,
    `the arguments take ${index} words in place, at most ${MAX_HEAD_WORDS} are possible`,
    'take a long array as one of dynamic length, T[]',
  );
}

/**
 * ( index -- value ) A value whose head word in the calldata is at that index. `base` is the index from which offsets count: the
 * first head word of the struct, array or arguments that hold the value.
 */
export function readCalldata(r: Routine, type: Type, base: Operand): void {
  decode(r, 'calldata', type, base);
}

/** ( index -- pointer ) A copy in memory of a struct or array in calldata. */
export function copyCalldataToMemory(r: Routine, type: Aggregate): void {
  copy(r, 'calldata', inMemory(type));
}

/**
 * ( start n -- v1 … vn ) Values from n words of memory, which are taken already (`allocate`), structs and arrays as copies. Fails
 * without a reason when they are malformed.
 */
export function decodeMemory(r: Routine, types: readonly Type[]): void {
  r.scope(() => {
    r.op('DUP', 2);
    r.op('ADDWRAP');
    const source = { end: r.keep() };
    const start = r.keep();
    let index = 0;
    for (const type of types) {
      r.getPlus(start, index);
      decode(r, source, inMemory(type), start);
      index += wordsOf(r, type);
    }
  });
}

/** ( index -- value ) */
function decode(r: Routine, source: Source, type: Type, base: Operand): void {
  if (shapeOf(type) !== undefined) {
    readWord(r, source);
    validate(r, type);
    return;
  }
  assert(type.kind === 'text' || isAggregate(type), `${type.kind} is decoded`);
  if (isDynamic(r, type)) {
    readWord(r, source);
    r.get(base);
    const key = type.kind === 'text' ? `text@${type.location}` : typeKey(type);
    callReader(r, source, `decode ${key}`, 2, (sub, from) => decodeTail(sub, from, type));
  } else if (type.location === 'memory') {
    assert(type.kind !== 'text', 'texts are dynamic');
    copy(r, source, type);
  }
}

/** ( offset base -- value ) A dynamic value; the offset counts bytes from the word at the base. */
function decodeTail(r: Routine, source: Source, type: TextType | Aggregate): void {
  r.op('SWAP', 1);
  // Offsets are whole words: their last five bits, moved to the left end, are no 1.
  r.op('DUP', 1);
  r.push(256 - WORD_SHIFT);
  r.op('SHL');
  failUnlessZero(r);
  r.push(WORD_SHIFT);
  r.op('SHR');
  r.op('ADDWRAP');
  if (type.kind === 'text') {
    readText(r, source, type);
    return;
  }
  if (type.kind === 'array' && type.length === undefined) checkArray(r, source, type);
  else checkHeads(r, source, type);
  if (type.location === 'memory') copy(r, source, type);
}

/** ( index -- text ) The text whose length is at the index. Bytes behind its end are not looked at. */
function readText(r: Routine, source: Source, { location }: TextType): void {
  r.scope(() => {
    const index = r.keep();
    r.get(index);
    readWord(r, source);
    const length = r.keep();
    const isShort = r.newLabel();
    r.get(length);
    r.push(MAX_SHORT_BYTES);
    r.op('LE');
    r.jumpIf(isShort);
    if (location === 'memory') panicAbove(r, length, MAX_LENGTH_BITS.text);
    r.get(index);
    pushWordsBehind(r, source);
    r.push(WORD_SHIFT);
    r.op('SHL');
    r.get(length);
    r.op('GE');
    r.abortUnless();
    failTooLong(r);
    r.mark(isShort);
    // The text's bytes are in the next word; there need not be one behind an empty text, whose length is all zeros as well.
    r.get(index);
    r.get(length);
    r.push(0);
    r.op('GT');
    r.op('ADDWRAP');
    readWord(r, source);
    r.push(256);
    r.get(length);
    r.push(3);
    r.op('SHL');
    r.op('SUBWRAP');
    const unused = r.keep();
    r.get(unused);
    r.op('SHR');
    r.get(unused);
    r.op('SHL');
    r.get(length);
    r.push(1);
    r.op('SHL');
    r.op('OR');
  });
}

/** ( index -- index ) Fails unless all elements of the dynamic array whose length is at the index are there. */
function checkArray(r: Routine, source: Source, type: ArrayType): void {
  const fine = r.newLabel();
  const words = bodyWords(r, type);
  r.op('DUP', 1);
  r.op('DUP', 1);
  readWord(r, source);
  r.op('SWAP', 1);
  pushWordsBehind(r, source);
  if (words > 1) {
    r.push(words);
    r.op('DIV');
  }
  r.op('LE');
  r.jumpIf(fine);
  r.scope(() => {
    if (type.location !== 'memory') return;
    r.op('DUP', 1);
    readWord(r, source);
    panicAbove(r, r.keep(), MAX_LENGTH_BITS.array);
  });
  r.op('ABORT');
  r.mark(fine);
}

/** ( index -- index ) Fails unless the heads of a dynamic struct or of an array of fixed length are there. */
function checkHeads(r: Routine, source: Source, type: Aggregate): void {
  r.op('DUP', 1);
  r.push(bodyWords(r, type));
  r.op('ADDWRAP');
  pushEnd(r, source);
  r.op('LE');
  r.abortUnless();
}

/** Fails with Panic 0x41 when the length has more bits than that. */
function panicAbove(r: Routine, length: Operand, bits: number): void {
  r.get(length);
  r.push(bits);
  r.op('SHR');
  r.op('ISZERO');
  r.panicUnless(PANIC.memory);
}

/** ( index -- pointer ) A new struct or array in memory from its encoding at the index. */
function copy(r: Routine, source: Source, type: Aggregate): void {
  callReader(r, source, `copy ${typeKey(type)}`, 1, (sub, from) => {
    if (type.kind === 'struct') copyStruct(sub, from, type);
    else copyArray(sub, from, type);
  });
}

function copyStruct(r: Routine, source: Source, type: StructType): void {
  const first = r.keep();
  const members = memberTypes(r, type);
  allocateWords(r, members.length);
  const pointer = r.keep();
  let index = 0;
  for (const [i, member] of members.entries()) {
    r.getPlus(first, index);
    decode(r, source, member, first);
    r.getPlus(pointer, i);
    r.op('MSTORE');
    index += wordsOf(r, member);
  }
  r.get(pointer);
}

function copyArray(r: Routine, source: Source, { base, length }: ArrayType): void {
  const start = r.keep();
  let count: Operand;
  if (length === undefined) {
    r.get(start);
    readWord(r, source);
    count = r.keep();
    r.getPlus(count, 1);
  } else {
    count = { constant: length };
    r.get(count);
  }
  allocate(r);
  const pointer = r.keep();
  if (length === undefined) {
    r.get(count);
    r.get(pointer);
    r.op('MSTORE');
  }
  const lengthWords = length === undefined ? 1 : 0;
  const first = r.plus(start, lengthWords);
  const elements = r.plus(pointer, lengthWords);
  r.countUp(count, (i) => {
    r.get(first);
    pushTimes(r, i, wordsOf(r, base));
    r.op('ADDWRAP');
    decode(r, source, base, first);
    r.get(elements);
    r.get(i);
    r.op('ADDWRAP');
    r.op('MSTORE');
  });
  r.get(pointer);
}

/** ( -- product ) */
export function pushTimes(r: Routine, operand: Operand, factor: number): void {
  r.get(operand);
  if (factor === 1) return;
  r.push(factor);
  r.op('MULWRAP');
}
