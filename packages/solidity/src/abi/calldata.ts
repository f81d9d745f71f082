/** Structs and arrays that stay among the arguments of a call, by the index that `decode.ts` gives them. */
import { assert } from '@wattchain/core';
import type { Operand } from '../code/code.js';
import type { Place } from '../generate/place.js';
import type { Routine } from '../generate/routine.js';
import type { ArrayType, StructType } from '../tree/types.js';
import { pushTimes } from './decode.js';
import { headWords, memberTypes, wordsOf } from './shape.js';

export { copyCalldataToMemory } from './decode.js';

/** ( reference index -- ) The place of an element; the index is known to be below the length. */
export function calldataElement(r: Routine, type: ArrayType): Place {
  const [reference, index] = r.keepMany(2) as [Operand, Operand];
  const base = r.plus(reference, type.length === undefined ? 1 : 0);
  pushTimes(r, index, wordsOf(r, type.base));
  r.get(base);
  r.op('ADDWRAP');
  return { in: 'calldata', index: r.keep(), base, type: type.base };
}

/** ( reference -- ) The place of the member at that position. */
export function calldataMember(r: Routine, struct: StructType, position: number): Place {
  const members = memberTypes(r, struct);
  const type = members[position];
  assert(type !== undefined, `${struct.definition.name} has so many members`);
  const base = r.keep();
  return { in: 'calldata', index: r.plus(base, headWords(r, members.slice(0, position))), base, type };
}
