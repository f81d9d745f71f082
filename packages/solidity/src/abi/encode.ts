/** Words of the machine to their encoding: on the stack where all is static and short, else in memory that is new for it. */
import { assert } from '@wattchain/core';
import type { Operand } from '../code/code.js';
import { copyToMemory } from '../generate/aggregates.js';
import { allocate, allocateWords, pushFree } from '../generate/memory.js';
import type { Routine } from '../generate/routine.js';
import { shapeOf, type Type, typeKey } from '../tree/types.js';
import { pushTimes } from './decode.js';
import {
  type Aggregate,
  bodyWords,
  headWords,
  inMemory,
  isAggregate,
  isDynamic,
  isStatic,
  memberTypes,
  WORD_SHIFT,
  wordsOf,
} from './shape.js';
import { longPointer, pushIsLong, shortBytes, shortLength } from './textParts.js';

/** Words of an encoding that are put on the stack one by one; more go through memory, structs and arrays in loops. */
const MAX_FLAT_WORDS = 32;
const WORD_BYTES = 1 << WORD_SHIFT;

/** Whether the encoding is a few words that `flatten` can leave on the stack. */
export function isFlat(r: Routine, types: readonly Type[]): boolean {
  return isStatic(r, types) && headWords(r, types) <= MAX_FLAT_WORDS;
}

/** ( v1 … vn -- w1 … wm ) The words of static types on the stack; m. */
export function flatten(r: Routine, types: readonly Type[]): number {
  const first = types.findIndex(isAggregate);
  if (first >= 0) {
    const rest = types.slice(first);
    r.scope(() => {
      const values = r.keepMany(rest.length);
      for (const [i, type] of rest.entries()) {
        r.get(values[i] as Operand);
        flattenOne(r, moveToMemory(r, type));
      }
    });
  }
  return headWords(r, types);
}

/** ( value -- w1 … wm ) */
function flattenOne(r: Routine, type: Type): void {
  if (!isAggregate(type)) return;
  r.scope(() => {
    const pointer = r.keep();
    for (const [i, part] of partsOf(r, type).entries()) {
      r.getPlus(pointer, i);
      r.op('MLOAD');
      flattenOne(r, part);
    }
  });
}

/** Types of the parts of a struct or of an array of fixed length. */
function partsOf(r: Routine, type: Aggregate): Type[] {
  if (type.kind === 'struct') return memberTypes(r, type);
  return Array.from({ length: Number(type.length) }, () => type.base);
}

/** ( value -- value ) What stands in storage or calldata is copied to memory first; the type there. */
function moveToMemory(r: Routine, type: Type): Type {
  if (!isAggregate(type) || type.location === 'memory') return type;
  copyToMemory(r, type);
  return inMemory(type);
}

/** ( v1 … vn -- start n ) The encoding in new memory, in words. */
export function encodeToMemory(r: Routine, types: readonly Type[]): void {
  r.scope(() => {
    const values = r.keepMany(types.length);
    // Before the heads are placed: tails follow them without a gap.
    const moved = types.map((type, i) => {
      if (!isAggregate(type) || type.location === 'memory') return { type, value: values[i] as Operand };
      r.get(values[i] as Operand);
      return { type: moveToMemory(r, type), value: r.keep() };
    });
    allocateWords(r, headWords(r, types));
    const start = r.keep();
    let head = 0;
    for (const { type, value } of moved) {
      const at = head;
      r.get(value);
      encode(r, type, start, () => r.getPlus(start, at));
      head += wordsOf(r, type);
    }
    r.get(start);
    pushFree(r);
    r.get(start);
    r.op('SUBWRAP');
  });
}

/** ( value -- ) Writes a value's head at a place, and its tail, if it has one, into new memory; offsets count from `base`. */
function encode(r: Routine, type: Type, base: Operand, pushPlace: () => void): void {
  if (isDynamic(r, type)) {
    pushFree(r);
    r.get(base);
    r.op('SUBWRAP');
    r.push(WORD_SHIFT);
    r.op('SHL');
    pushPlace();
    r.op('MSTORE');
    const key = type.kind === 'text' ? 'text' : typeKey(type);
    r.call(r.unit.subroutine(`encode ${key}`, 1, 0, (sub) => encodeTail(sub, type)));
    return;
  }
  pushPlace();
  if (shapeOf(type) !== undefined) {
    r.op('MSTORE');
    return;
  }
  assert(isAggregate(type), `${type.kind} has an encoding`);
  r.call(
    r.unit.subroutine(`encode ${typeKey(type)}`, 2, 0, (sub) => {
      const [pointer, place] = sub.keepMany(2) as [Operand, Operand];
      const count = type.kind === 'array' ? type.length : undefined;
      encodeParts(sub, type, pointer, place, { constant: count ?? 0n });
    }),
  );
}

/** ( value -- ) Writes a dynamic value into new memory. */
function encodeTail(r: Routine, type: Type): void {
  if (type.kind === 'text') {
    encodeText(r);
    return;
  }
  assert(isAggregate(type), `${type.kind} has an encoding`);
  const pointer = r.keep();
  if (type.kind === 'struct' || type.length !== undefined) {
    allocateWords(r, bodyWords(r, type));
    encodeParts(r, type, pointer, r.keep(), { constant: type.kind === 'array' ? (type.length ?? 0n) : 0n });
    return;
  }
  r.get(pointer);
  r.op('MLOAD');
  const count = r.keep();
  pushTimes(r, count, bodyWords(r, type));
  r.push(1);
  r.op('ADDWRAP');
  allocate(r);
  const start = r.keep();
  r.get(count);
  r.get(start);
  r.op('MSTORE');
  encodeParts(r, type, r.plus(pointer, 1), r.plus(start, 1), count);
}

/** Writes the parts of a struct, or so many elements of an array, whose words in memory start at `from`, as heads from `to` on. */
function encodeParts(r: Routine, type: Aggregate, from: Operand, to: Operand, count: Operand): void {
  if (type.kind === 'array') {
    const words = wordsOf(r, type.base);
    r.countUp(count, (i) => {
      r.get(from);
      r.get(i);
      r.op('ADDWRAP');
      r.op('MLOAD');
      encode(r, type.base, to, () => {
        pushTimes(r, i, words);
        r.get(to);
        r.op('ADDWRAP');
      });
    });
    return;
  }
  let head = 0;
  for (const [i, member] of memberTypes(r, type).entries()) {
    const at = head;
    r.getPlus(from, i);
    r.op('MLOAD');
    encode(r, member, to, () => r.getPlus(to, at));
    head += wordsOf(r, member);
  }
}

/** ( text -- ) Writes length and bytes of a text into new memory. */
function encodeText(r: Routine): void {
  const text = r.keep();
  const [isLong, end] = [r.newLabel(), r.newLabel()];
  r.get(text);
  pushIsLong(r);
  r.jumpIf(isLong);
  r.get(text);
  shortLength(r);
  allocateWords(r, 1);
  r.op('MSTORE');
  r.get(text);
  r.jumpUnless(end);
  r.get(text);
  shortBytes(r);
  allocateWords(r, 1);
  r.op('MSTORE');
  r.jump(end);
  r.mark(isLong);
  copyLongText(r, text);
  r.mark(end);
}

/** Copies length and words of a long text into new memory. */
function copyLongText(r: Routine, text: Operand): void {
  r.get(text);
  longPointer(r);
  const from = r.keep();
  r.get(from);
  r.op('MLOAD');
  // The words that hold so many bytes, and one for the length.
  r.push(2 * WORD_BYTES - 1);
  r.op('ADDWRAP');
  r.push(WORD_SHIFT);
  r.op('SHR');
  const words = r.keep();
  r.get(words);
  allocate(r);
  const to = r.keep();
  r.countUp(words, (i) => {
    r.get(from);
    r.get(i);
    r.op('ADDWRAP');
    r.op('MLOAD');
    r.get(to);
    r.get(i);
    r.op('ADDWRAP');
    r.op('MSTORE');
  });
}
