/** Structs and arrays read from storage or calldata into memory: with one SLOAD a slot, which costs more than all else. */
import { copyCalldataToMemory } from '../abi/calldata.js';
import type { Operand } from '../code/code.js';
import { elementsPerSlot } from '../layout.js';
import { type ArrayType, isReference, type StructType, type Type, typeKey } from '../tree/types.js';
import { allocate, allocateWords } from './memory.js';
import type { Routine } from './routine.js';
import { addStride, elementBits, keepLength, pushFirstSlot, type SlotGroup, slotGroups } from './slots.js';
import { unpack } from './storage.js';

/** ( reference -- pointer ) A copy in memory of a struct or array in storage or calldata. */
export function copyToMemory(r: Routine, from: StructType | ArrayType): void {
  if (from.location === 'calldata') {
    copyCalldataToMemory(r, from);
    return;
  }
  const write = (own: Routine) => (from.kind === 'struct' ? readStruct(own, from) : readArray(own, from));
  r.call(r.unit.subroutine(`read ${typeKey(from)}`, 1, 1, write));
}

/** ( slot -- pointer ) */
function readStruct(r: Routine, type: StructType): void {
  const start = r.keep();
  allocateWords(r, type.definition.members.length);
  const pointer = r.keep();
  for (const group of slotGroups(r, type)) r.scope(() => readSlot(r, group, start, pointer));
  r.get(pointer);
}

function readSlot(r: Routine, { slot, members }: SlotGroup, start: Operand, pointer: Operand): void {
  r.getPlus(start, slot);
  const [first] = members;
  if (isReference(first.type)) {
    copyToMemory(r, first.type as StructType | ArrayType);
    storeMember(r, pointer, first.index);
    return;
  }
  r.op('SLOAD');
  const word = r.keep();
  for (const { index, type, offset } of members) {
    r.get(word);
    unpack(r, type, offset);
    storeMember(r, pointer, index);
  }
}

/** ( word -- ) */
function storeMember(r: Routine, pointer: Operand, index: number): void {
  r.getPlus(pointer, index);
  r.op('MSTORE');
}

/** ( slot -- pointer ) */
function readArray(r: Routine, type: ArrayType): void {
  const slot = r.keep();
  const length = keepLength(r, type, () => {
    r.get(slot);
    r.op('SLOAD');
  });
  const isDynamic = type.length === undefined;
  r.getPlus(length, isDynamic ? 1 : 0);
  allocate(r);
  const pointer = r.keep();
  if (isDynamic) {
    r.get(length);
    r.get(pointer);
    r.op('MSTORE');
  }
  r.get(slot);
  pushFirstSlot(r, type);
  const firstSlot = r.keep();
  const target = r.plus(pointer, isDynamic ? 1 : 0);
  if (elementsPerSlot(type) > 1) readPacked(r, type, firstSlot, target, length);
  else readElements(r, type.base, firstSlot, target, length);
  r.get(pointer);
}

function readElements(r: Routine, base: Type, firstSlot: Operand, target: Operand, length: Operand): void {
  r.countUp(length, (index) => {
    r.get(firstSlot);
    r.get(index);
    addStride(r, base);
    if (isReference(base)) {
      copyToMemory(r, base as StructType | ArrayType);
    } else {
      r.op('SLOAD');
      unpack(r, base, 0);
    }
    storeElement(r, target, index);
  });
}

/** Reads a slot at its first element, and moves its word right by an element each time. */
function readPacked(r: Routine, type: ArrayType, firstSlot: Operand, target: Operand, length: Operand): void {
  const [word, slot] = [r.newLocal(), r.newLocal()];
  r.get(firstSlot);
  r.op('LSET', slot);
  r.countUp(length, (index) => {
    const inside = r.newLabel();
    r.get(index);
    r.push(elementsPerSlot(type));
    r.op('MOD');
    r.jumpIf(inside);
    r.op('LGET', slot);
    r.op('SLOAD');
    r.op('LSET', word);
    r.getPlus({ local: slot }, 1);
    r.op('LSET', slot);
    r.mark(inside);
    r.op('LGET', word);
    unpack(r, type.base, 0);
    storeElement(r, target, index);
    r.op('LGET', word);
    r.push(elementBits(type));
    r.op('SHR');
    r.op('LSET', word);
  });
}

/** ( word -- ) */
function storeElement(r: Routine, first: Operand, index: Operand): void {
  r.get(first);
  r.get(index);
  r.op('ADDWRAP');
  r.op('MSTORE');
}
