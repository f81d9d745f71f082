/** What structs and arrays have in each of their slots, and the slots and words where their elements are. */
import type { Operand } from '../code/code.js';
import { elementsPerSlot, packedBytes, placeMembers, slotsOf } from '../layout.js';
import { type ArrayType, isReference, type StructType, type Type } from '../tree/types.js';
import type { Routine } from './routine.js';

/** A member of a struct: its number, and how far left of bit 0 it stands in its slot. */
export interface MemberInSlot {
  readonly index: number;
  readonly type: Type;
  readonly offset: number;
}

/** Members that share a slot, or one that takes whole slots. */
export interface SlotGroup {
  /** Slots behind the struct's first. */
  readonly slot: bigint;
  readonly members: readonly [MemberInSlot, ...MemberInSlot[]];
}

/** A struct's members by slot, in their order. */
export function slotGroups(r: Routine, type: StructType): SlotGroup[] {
  const { declarations } = r.unit;
  const { places } = placeMembers(type, declarations);
  const groups: { slot: bigint; members: [MemberInSlot, ...MemberInSlot[]] }[] = [];
  for (const [index, member] of declarations.membersOf(type.definition, 'storage').entries()) {
    const { slot, offset } = places[index] as (typeof places)[number];
    const inSlot: MemberInSlot = { index, type: member.type, offset: 8 * offset };
    const last = groups.at(-1);
    if (last !== undefined && offset > 0) last.members.push(inSlot);
    else groups.push({ slot, members: [inSlot] });
  }
  return groups;
}

/** Bits of an element in its slot. */
export function elementBits({ base }: ArrayType): number {
  return 8 * packedBytes(base);
}

/** The number of elements: known, or pushed by `push` and kept. */
export function keepLength(r: Routine, type: ArrayType, push: () => void): Operand {
  if (type.length !== undefined) return { constant: type.length };
  push();
  return r.keep();
}

/** ( slot -- slot' ) From an array in storage to its first element. */
export function pushFirstSlot(r: Routine, type: ArrayType): void {
  if (type.length === undefined) r.op('HASH', 1);
}

/** ( first index -- slot ) The slot of an element that shares none. */
export function addStride(r: Routine, base: Type): void {
  const stride = isReference(base) ? slotsOf(base, r.unit.declarations) : 1n;
  if (stride > 1n) {
    r.push(stride);
    r.op('MULWRAP');
  }
  r.op('ADDWRAP');
}

/** What an array is cleared by: a slot, or an element that is a struct or array. As many as so many elements take. */
export function cellsOf(r: Routine, type: ArrayType, count: Operand): Operand {
  const perSlot = BigInt(elementsPerSlot(type));
  if (perSlot === 1n) return count;
  if ('constant' in count) return { constant: (count.constant + perSlot - 1n) / perSlot };
  r.getPlus(count, perSlot - 1n);
  r.push(perSlot);
  r.op('DIV');
  return r.keep();
}
