/** `delete` in storage. */
import { assert } from '@wattchain/core';
import type { Operand } from '../code/code.js';
import { isPacked } from '../layout.js';
import { type ArrayType, isReference, type StructType, type Type, typeKey } from '../tree/types.js';
import type { Routine } from './routine.js';
import { addStride, cellsOf, keepLength, pushFirstSlot, slotGroups } from './slots.js';

/** ( slot -- ) Sets all of what takes whole slots to 0: a struct, an array, a word; mappings within stay. */
export function clearStorage(r: Routine, type: Type): void {
  if (type.kind === 'mapping') {
    r.op('POP');
  } else if (type.kind === 'struct') {
    r.call(r.unit.subroutine(`clear ${typeKey(type)}`, 1, 0, (own) => clearStruct(own, type)));
  } else if (type.kind === 'array') {
    r.call(r.unit.subroutine(`clear ${typeKey(type)}`, 1, 0, (own) => clearArray(own, type)));
  } else {
    assert(!isPacked(type), 'what shares a slot is set by storing 0');
    storeZero(r);
  }
}

/** ( slot -- ) */
function storeZero(r: Routine): void {
  r.push(0);
  r.op('SWAP', 1);
  r.op('SSTORE');
}

function clearStruct(r: Routine, type: StructType): void {
  const start = r.keep();
  for (const { slot, members } of slotGroups(r, type)) {
    const [first] = members;
    if (first.type.kind === 'mapping') continue;
    r.getPlus(start, slot);
    if (isReference(first.type)) clearStorage(r, first.type);
    else storeZero(r);
  }
}

function clearArray(r: Routine, type: ArrayType): void {
  const slot = r.keep();
  const length = keepLength(r, type, () => {
    r.get(slot);
    r.op('SLOAD');
  });
  if (type.length === undefined) {
    r.get(slot);
    storeZero(r);
  }
  r.get(slot);
  pushFirstSlot(r, type);
  clearElements(r, type, r.keep(), { constant: 0n }, length);
}

/** Sets the elements from one number of them up to another to 0, but for those in a slot that an earlier element begins. */
export function clearElements(r: Routine, type: ArrayType, firstSlot: Operand, from: Operand, to: Operand): void {
  if (type.base.kind === 'mapping') return;
  const [first, end] = [cellsOf(r, type, from), cellsOf(r, type, to)];
  if ('constant' in first && 'constant' in end && first.constant >= end.constant) return;
  const clear = (cell: Operand) => {
    r.get(firstSlot);
    r.get(cell);
    addStride(r, type.base);
    if (isReference(type.base)) clearStorage(r, type.base);
    else storeZero(r);
  };
  r.countUp(end, clear, first);
}
