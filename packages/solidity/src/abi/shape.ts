/** How long encodings are: static types take so many words in place, dynamic ones an offset there and their words behind. */
import { assert } from '@wattchain/core';
import type { Routine } from '../generate/routine.js';
import { type ArrayType, relocate, type StructType, shapeOf, type Type } from '../tree/types.js';

/** Bits that turn a number of words into one of bytes. */
export const WORD_SHIFT = 5;

/** Structs and arrays, which are encoded part by part. */
export type Aggregate = StructType | ArrayType;

export function isAggregate(type: Type): type is Aggregate {
  return type.kind === 'struct' || type.kind === 'array';
}

/** Types of a struct's members, where the struct is. */
export function memberTypes(r: Routine, { definition, location }: StructType): Type[] {
  return r.unit.declarations.membersOf(definition, location).map(({ type }) => type);
}

/** The type where the decoder and encoder build it. */
export function inMemory<T extends Type>(type: T): T {
  return relocate(type, 'memory') as T;
}

/** Whether the length of its encoding depends on the value. */
export function isDynamic(r: Routine, type: Type): boolean {
  if (type.kind === 'text') return true;
  if (type.kind === 'array') return type.length === undefined || isDynamic(r, type.base);
  return type.kind === 'struct' && memberTypes(r, type).some((member) => isDynamic(r, member));
}

/** Whether encodings of the types all have one length. */
export function isStatic(r: Routine, types: readonly Type[]): boolean {
  return !types.some((type) => isDynamic(r, type));
}

/** Words of a value among its neighbours: of a dynamic type the offset alone. */
export function wordsOf(r: Routine, type: Type): number {
  return isDynamic(r, type) ? 1 : bodyWords(r, type);
}

/** Words of the heads of what a type consists of; of a dynamic array, those of one element. */
export function bodyWords(r: Routine, type: Type): number {
  if (type.kind === 'struct') return headWords(r, memberTypes(r, type));
  if (type.kind === 'array') return Number(type.length ?? 1n) * wordsOf(r, type.base);
  assert(shapeOf(type) !== undefined, `${type.kind} has an encoding`);
  return 1;
}

/** Head words of arguments or results. */
export function headWords(r: Routine, types: readonly Type[]): number {
  return types.reduce((sum, type) => sum + wordsOf(r, type), 0);
}
