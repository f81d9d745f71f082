/** Elements of arrays, `push`, `pop` and `length`. */
import { assert } from '@wattchain/core';
import { calldataElement } from '../abi/calldata.js';
import type { Operand } from '../code/code.js';
import { elementsPerSlot, isPacked } from '../layout.js';
import type { ArrayType } from '../tree/types.js';
import { clearStorage } from './clear.js';
import { type Place, type StoragePlace, storeWord } from './place.js';
import { PANIC, type Routine } from './routine.js';
import { addStride, elementBits, pushFirstSlot } from './slots.js';

/** Reads the length of a dynamic array, which is the word that its reference points to. */
const LOAD = { storage: 'SLOAD', memory: 'MLOAD', calldata: 'ARG' } as const;

/** ( reference -- length ) */
export function pushLength(r: Routine, type: ArrayType): void {
  if (type.length !== undefined) {
    r.op('POP');
    r.push(type.length);
  } else {
    r.op(LOAD[type.location]);
  }
}

/** ( reference index -- ) The place of an element; Panic 0x32 beyond the last. */
export function elementPlace(r: Routine, type: ArrayType): Place {
  const [reference, index] = r.keepMany(2) as [Operand, Operand];
  r.get(index);
  r.get(reference);
  pushLength(r, type);
  r.op('LT');
  r.panicUnless(PANIC.index);
  if (type.location === 'storage') return storedElement(r, type, reference, index);
  if (type.location === 'calldata') {
    r.get(reference);
    r.get(index);
    return calldataElement(r, type);
  }
  r.getPlus(reference, type.length === undefined ? 1 : 0);
  r.get(index);
  r.op('ADDWRAP');
  return { in: 'memory', index: r.keep(), type: type.base };
}

/** The place of an element of an array in storage; the index is known to be below the length. */
export function storedElement(r: Routine, type: ArrayType, reference: Operand, index: Operand): StoragePlace {
  r.get(reference);
  pushFirstSlot(r, type);
  r.get(index);
  const perSlot = elementsPerSlot(type);
  if (perSlot === 1) {
    addStride(r, type.base);
    return { in: 'storage', slot: r.keep(), offset: 0, type: type.base };
  }
  r.push(perSlot);
  r.op('DIV');
  r.op('ADDWRAP');
  const slot = r.keep();
  r.get(index);
  r.push(perSlot);
  r.op('MOD');
  r.push(elementBits(type));
  r.op('MUL');
  return { in: 'storage', slot, offset: r.keep(), type: type.base };
}

/** ( slot -- ) Makes a dynamic array in storage one element longer; the place of the new element, which holds 0. */
export function pushElement(r: Routine, type: ArrayType): Place {
  assert(type.location === 'storage' && type.length === undefined, 'only dynamic arrays in storage grow');
  const slot = r.keep();
  r.get(slot);
  r.op('SLOAD');
  const length = r.keep();
  r.getPlus(length, 1);
  r.get(slot);
  r.op('SSTORE');
  return storedElement(r, type, slot, length);
}

/** ( slot -- ) Removes the last element of a dynamic array in storage and sets it to 0; Panic 0x31 when there is none. */
export function popElement(r: Routine, type: ArrayType): void {
  assert(type.location === 'storage' && type.length === undefined, 'only dynamic arrays in storage shrink');
  const slot = r.keep();
  r.get(slot);
  r.op('SLOAD');
  r.op('DUP', 1);
  r.panicUnless(PANIC.emptyArray);
  r.push(1);
  r.op('SUB');
  const length = r.keep();
  const last = storedElement(r, type, slot, length);
  assert(last.in === 'storage', 'the array is in storage');
  if (isPacked(type.base)) {
    r.push(0);
    storeWord(r, last);
  } else {
    r.get(last.slot);
    clearStorage(r, type.base);
  }
  r.get(length);
  r.get(slot);
  r.op('SSTORE');
}
