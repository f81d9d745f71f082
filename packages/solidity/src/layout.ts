/** Where values stand in storage: solc's rules (docs.soliditylang.org, "Layout of State Variables in Storage"). */
import { assert } from '@wattchain/core';
import type { Declarations } from './tree/declarations.js';
import { type ArrayType, type StructType, shapeOf, type Type } from './tree/types.js';

export const SLOT_BYTES = 32;

/** A value's place: slots after the first of what holds it, and bytes from the right end of its slot. */
export interface StoragePlace {
  readonly slot: bigint;
  readonly offset: number;
}

/** Bytes that a value takes within a slot; what takes whole slots takes 32. */
export function packedBytes(type: Type): number {
  const shape = shapeOf(type);
  return shape === undefined ? SLOT_BYTES : Math.ceil(shape.bits / 8);
}

/** Whether values of the type share slots with others. */
export function isPacked(type: Type): boolean {
  return packedBytes(type) < SLOT_BYTES;
}

/** Slots that a value takes when it starts a slot of its own. */
export function slotsOf(type: Type, declarations: Declarations): bigint {
  if (type.kind === 'struct') return placeMembers(type, declarations).slots;
  if (type.kind !== 'array' || type.length === undefined) return 1n;
  return arraySlots(type, type.length, declarations);
}

/** Elements of an array that share a slot. */
export function elementsPerSlot({ base }: ArrayType): number {
  return isPacked(base) ? Math.floor(SLOT_BYTES / packedBytes(base)) : 1;
}

/** Slots that so many elements take. */
function arraySlots(type: ArrayType, length: bigint, declarations: Declarations): bigint {
  const perSlot = BigInt(elementsPerSlot(type));
  return perSlot > 1n ? (length + perSlot - 1n) / perSlot : length * slotsOf(type.base, declarations);
}

/** Places of a struct's members, in their order, and how many slots the struct takes. */
export function placeMembers(
  { definition }: StructType,
  declarations: Declarations,
): { readonly places: readonly StoragePlace[]; readonly slots: bigint } {
  const places: StoragePlace[] = [];
  let slot = 0n;
  let offset = 0;
  for (const { type } of declarations.membersOf(definition, 'storage')) {
    const bytes = packedBytes(type);
    const sharesSlot = shapeOf(type) !== undefined;
    if (offset > 0 && (!sharesSlot || offset + bytes > SLOT_BYTES)) {
      slot += 1n;
      offset = 0;
    }
    places.push({ slot, offset });
    if (sharesSlot) {
      offset += bytes;
    } else {
      slot += slotsOf(type, declarations);
    }
  }
  const slots = offset > 0 ? slot + 1n : slot;
  assert(slots > 0n, 'a struct has members');
  return { places, slots };
}
