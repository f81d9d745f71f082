/**
 * Structs and arrays copied from one location to another: with one SLOAD or SSTORE a slot, which cost more than all else, and without
 * reading what a slot held. A copy from storage or calldata into storage goes through memory, so that it is read before it is written.
 */
import { copyCalldataToMemory } from '../abi/calldata.js';
import type { Operand } from '../code/code.js';
import { elementsPerSlot } from '../layout.js';
import { type ArrayType, isReference, relocate, type StructType, type Type, typeKey } from '../tree/types.js';
import { clearElements } from './clear.js';
import { allocate, allocateWords } from './memory.js';
import type { Routine } from './routine.js';
import { addStride, elementBits, keepLength, pushFirstSlot, type SlotGroup, slotGroups } from './slots.js';
import { pack, unpack } from './storage.js';
import { requireShort } from './text.js';

/** ( reference -- pointer ) A copy in memory of a struct or array in storage or calldata. */
export function copyToMemory(r: Routine, from: StructType | ArrayType): void {
  if (from.location === 'calldata') {
    copyCalldataToMemory(r, from);
    return;
  }
  const write = (own: Routine) => (from.kind === 'struct' ? readStruct(own, from) : readArray(own, from));
  r.call(r.unit.subroutine(`read ${typeKey(from)}`, 1, 1, write));
}

/** ( reference slot -- ) Overwrites a struct or array in storage with one from anywhere, whose elements convert to its own. */
export function copyToStorage(r: Routine, from: StructType | ArrayType, to: StructType | ArrayType): void {
  if (from.location !== 'memory') {
    r.op('SWAP', 1);
    copyToMemory(r, from);
    r.op('SWAP', 1);
  }
  const source = relocate(from, 'memory') as StructType | ArrayType;
  const write = (own: Routine) => {
    if (to.kind === 'struct') writeStruct(own, to);
    else writeArray(own, source as ArrayType, to);
  };
  r.call(r.unit.subroutine(`write ${typeKey(source)} to ${typeKey(to)}`, 2, 0, write));
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

/** ( pointer slot -- ) */
function writeStruct(r: Routine, type: StructType): void {
  const [pointer, start] = r.keepMany(2) as [Operand, Operand];
  for (const { slot, members } of slotGroups(r, type)) {
    const [first] = members;
    if (isReference(first.type)) {
      loadMember(r, pointer, first.index);
      r.getPlus(start, slot);
      copyToStorage(r, relocate(first.type, 'memory') as StructType | ArrayType, first.type as StructType | ArrayType);
      continue;
    }
    for (const [i, { index, type: member, offset }] of members.entries()) {
      loadMember(r, pointer, index);
      if (member.kind === 'text') requireShort(r);
      pack(r, member, offset);
      if (i > 0) r.op('OR');
    }
    r.getPlus(start, slot);
    r.op('SSTORE');
  }
}

/** ( -- word ) */
function loadMember(r: Routine, pointer: Operand, index: number): void {
  r.getPlus(pointer, index);
  r.op('MLOAD');
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

/** ( pointer slot -- ) What the target had beyond the new length is cleared. */
function writeArray(r: Routine, from: ArrayType, to: ArrayType): void {
  const [pointer, slot] = r.keepMany(2) as [Operand, Operand];
  const length = keepLength(r, from, () => {
    r.get(pointer);
    r.op('MLOAD');
  });
  const oldLength = keepLength(r, to, () => {
    r.get(slot);
    r.op('SLOAD');
  });
  if (to.length === undefined) {
    r.get(length);
    r.get(slot);
    r.op('SSTORE');
  }
  r.get(slot);
  pushFirstSlot(r, to);
  const firstSlot = r.keep();
  clearElements(r, to, firstSlot, length, oldLength);
  const source = r.plus(pointer, from.length === undefined ? 1 : 0);
  if (elementsPerSlot(to) > 1) writePacked(r, to, source, firstSlot, length);
  else writeElements(r, from.base, to.base, source, firstSlot, length);
}

function writeElements(r: Routine, from: Type, to: Type, source: Operand, firstSlot: Operand, length: Operand): void {
  r.countUp(length, (index) => {
    loadElement(r, source, index);
    if (to.kind === 'text') requireShort(r);
    if (!isReference(to)) pack(r, to, 0);
    r.get(firstSlot);
    r.get(index);
    addStride(r, to);
    if (isReference(to)) copyToStorage(r, from as StructType | ArrayType, to as StructType | ArrayType);
    else r.op('SSTORE');
  });
}

/** From the last element to the first, so that a slot is complete when its first element has been put beside the others. */
function writePacked(r: Routine, to: ArrayType, source: Operand, firstSlot: Operand, length: Operand): void {
  const [word, index] = [r.newLocal(), r.newLocal()];
  r.push(0);
  r.op('LSET', word);
  r.countUp(length, (done) => {
    const inside = r.newLabel();
    r.get(length);
    r.get(done);
    r.op('SUBWRAP');
    r.push(1);
    r.op('SUBWRAP');
    r.op('LSET', index);
    r.op('LGET', word);
    r.push(elementBits(to));
    r.op('SHL');
    loadElement(r, source, { local: index });
    pack(r, to.base, 0);
    r.op('OR');
    r.op('LSET', word);
    r.op('LGET', index);
    r.push(elementsPerSlot(to));
    r.op('MOD');
    r.jumpIf(inside);
    r.op('LGET', word);
    r.get(firstSlot);
    r.op('LGET', index);
    r.push(elementsPerSlot(to));
    r.op('DIV');
    r.op('ADDWRAP');
    r.op('SSTORE');
    r.push(0);
    r.op('LSET', word);
    r.mark(inside);
  });
}

/** ( -- word ) */
function loadElement(r: Routine, first: Operand, index: Operand): void {
  r.get(first);
  r.get(index);
  r.op('ADDWRAP');
  r.op('MLOAD');
}
