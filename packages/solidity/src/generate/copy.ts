/**
 * Structs and arrays copied into storage: with one SSTORE a slot, which costs more than all else, and without reading what the slot
 * held. From storage the words of slots are copied as they are; calldata goes through memory, which checks it whole.
 */
import type { Operand } from '../code/code.js';
import { elementsPerSlot } from '../layout.js';
import { type ArrayType, isReference, relocate, type StructType, shapeOf, type Type, typeKey } from '../tree/types.js';
import { clearElements } from './clear.js';
import { copyToMemory } from './read.js';
import type { Routine } from './routine.js';
import { addStride, cellsOf, elementBits, keepLength, pushFirstSlot, slotGroups } from './slots.js';
import { pack } from './storage.js';
import { requireShort } from './text.js';

/** ( reference slot -- ) Overwrites a struct or array in storage with one from anywhere, whose elements convert to its own. */
export function copyToStorage(r: Routine, from: StructType | ArrayType, to: StructType | ArrayType): void {
  if (from.location === 'storage' && hasSameSlots(from, to)) {
    const copy = (own: Routine) => {
      if (to.kind === 'struct') copyStruct(own, to);
      else copyArray(own, from as ArrayType, to);
    };
    r.call(r.unit.subroutine(`copy ${typeKey(from)} to ${typeKey(to)}`, 2, 0, copy));
    return;
  }
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

/** Whether one in storage has the words of the other in its slots, or parts that may have them. */
function hasSameSlots(from: StructType | ArrayType, to: StructType | ArrayType): boolean {
  return (
    from.kind === 'struct' || to.kind === 'struct' || isReference(from.base) || typeKey(from.base) === typeKey(to.base)
  );
}

/** ( source target -- ) From slots to slots, in the order of solc: what holds its own source is read while it is written. */
function copyStruct(r: Routine, type: StructType): void {
  const [source, target] = r.keepMany(2) as [Operand, Operand];
  for (const { slot, members } of slotGroups(r, type)) {
    const [{ type: member }] = members;
    r.getPlus(source, slot);
    if (!isReference(member)) r.op('SLOAD');
    r.getPlus(target, slot);
    copyPart(r, member, member);
  }
}

/** ( word slot -- ) or, of a struct or array, ( source target -- ) */
function copyPart(r: Routine, from: Type, to: Type): void {
  if (isReference(to)) copyToStorage(r, from as StructType | ArrayType, to as StructType | ArrayType);
  else r.op('SSTORE');
}

/** ( source target -- ) */
function copyArray(r: Routine, from: ArrayType, to: ArrayType): void {
  const [source, target] = r.keepMany(2) as [Operand, Operand];
  const length = keepLength(r, from, () => {
    r.get(source);
    r.op('SLOAD');
  });
  const firstTarget = resize(r, to, target, length);
  r.get(source);
  pushFirstSlot(r, from);
  const firstSource = r.keep();
  r.countUp(cellsOf(r, to, length), (index) => {
    r.get(firstSource);
    r.get(index);
    addStride(r, from.base);
    if (!isReference(from.base)) {
      r.op('SLOAD');
      // An array that came from memory has the sign of such elements in the whole slot; solc's copy of it has not.
      if (shapeOf(from.base)?.signed && elementsPerSlot(from) === 1) pack(r, from.base, 0);
    }
    r.get(firstTarget);
    r.get(index);
    addStride(r, to.base);
    copyPart(r, from.base, to.base);
  });
}

/** Gives an array in storage a length and clears what it had beyond; where its first element is. */
function resize(r: Routine, type: ArrayType, slot: Operand, length: Operand): Operand {
  const oldLength = keepLength(r, type, () => {
    r.get(slot);
    r.op('SLOAD');
  });
  if (type.length === undefined) {
    r.get(length);
    r.get(slot);
    r.op('SSTORE');
  }
  r.get(slot);
  pushFirstSlot(r, type);
  const firstSlot = r.keep();
  clearElements(r, type, firstSlot, length, oldLength);
  return firstSlot;
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

/** ( pointer slot -- ) What the target had beyond the new length is cleared. */
function writeArray(r: Routine, from: ArrayType, to: ArrayType): void {
  const [pointer, slot] = r.keepMany(2) as [Operand, Operand];
  const length = keepLength(r, from, () => {
    r.get(pointer);
    r.op('MLOAD');
  });
  const firstSlot = resize(r, to, slot, length);
  const source = r.plus(pointer, from.length === undefined ? 1 : 0);
  if (elementsPerSlot(to) > 1) writePacked(r, to, source, firstSlot, length);
  else writeElements(r, from.base, to.base, source, firstSlot, length);
}

function writeElements(r: Routine, from: Type, to: Type, source: Operand, firstSlot: Operand, length: Operand): void {
  r.countUp(length, (index) => {
    loadElement(r, source, index);
    if (to.kind === 'text') requireShort(r);
    // A signed element with a slot of its own has its sign in all of it: so solc copies arrays.
    if (!isReference(to) && shapeOf(to)?.signed !== true) pack(r, to, 0);
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
