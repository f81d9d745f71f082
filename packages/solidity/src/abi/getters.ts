/** Getters of public state variables: keys of mappings and indices of arrays are the arguments, what is found there the result. */
import { assert } from '@wattchain/core';
import type { VariableDeclaration } from 'solidity-ast';
import type { Operand } from '../code/code.js';
import { pushLength, storedElement } from '../generate/arrays.js';
import { hashEntry } from '../generate/entries.js';
import { load, type StoragePlace } from '../generate/place.js';
import type { Routine, Unit } from '../generate/routine.js';
import { slotGroups } from '../generate/slots.js';
import { unpack } from '../generate/storage.js';
import { isReference, relocate, type StructType, type Type, UINT256 } from '../tree/types.js';
import { decodeArguments } from './decode.js';
import { returnValues } from './results.js';

/** What a getter takes and gives. */
export interface GetterSignature {
  readonly parameters: readonly Type[];
  readonly results: readonly Type[];
}

/** Arguments and results of the getter of a public state variable, in memory where they are structs. */
export function getterSignature(unit: Unit, variable: VariableDeclaration): GetterSignature {
  const parameters: Type[] = [];
  let type = unit.typeOf(variable);
  for (;;) {
    if (type.kind === 'mapping') {
      parameters.push(relocate(type.key, 'memory'));
      type = type.value;
    } else if (type.kind === 'array') {
      parameters.push(UINT256);
      type = type.base;
    } else {
      const results = type.kind === 'struct' ? returnedMembers(unit, type) : [type];
      return { parameters, results: results.map((result) => relocate(result, 'memory')) };
    }
  }
}

/** A getter leaves out the arrays and mappings of a struct; a struct within is given whole. */
function returnedMembers(unit: Unit, { definition }: StructType): Type[] {
  return unit.declarations
    .membersOf(definition, 'storage')
    .map(({ type }) => type)
    .filter(isReturned);
}

function isReturned({ kind }: Type): boolean {
  return kind !== 'array' && kind !== 'mapping';
}

/** ( -- ) The whole function of the getter of a public variable in storage. */
export function writeGetter(r: Routine, variable: VariableDeclaration): void {
  const { parameters } = getterSignature(r.unit, variable);
  const { slot, offset } = r.unit.statePlace(variable);
  let place: StoragePlace = {
    in: 'storage',
    slot: { constant: slot },
    offset: 8 * offset,
    type: r.unit.typeOf(variable),
  };
  decodeArguments(r, parameters);
  for (const argument of r.keepMany(parameters.length)) place = enter(r, place, argument);
  if (place.type.kind === 'struct') {
    returnStruct(r, place.slot, place.type);
  } else {
    load(r, place);
    returnValues(r, [place.type]);
  }
}

/** The entry of a mapping or the element of an array in storage. */
function enter(r: Routine, { slot, type }: StoragePlace, argument: Operand): StoragePlace {
  if (type.kind === 'mapping') {
    r.get(slot);
    r.get(argument);
    hashEntry(r, type.key);
    return { in: 'storage', slot: r.keep(), offset: 0, type: type.value };
  }
  assert(type.kind === 'array', 'arguments of getters are keys and indices');
  // Unlike an index in a function, one beyond the last element has no reason.
  r.get(argument);
  r.get(slot);
  pushLength(r, type);
  r.op('LT');
  r.abortUnless();
  return storedElement(r, type, slot, argument);
}

/** Ends the call with the members of a struct, each slot read once. */
function returnStruct(r: Routine, start: Operand, struct: StructType): void {
  const results: Type[] = [];
  for (const { slot, members } of slotGroups(r, struct)) {
    const returned = members.filter(({ type }) => isReturned(type));
    if (returned.length === 0) continue;
    results.push(...returned.map(({ type }) => type));
    r.getPlus(start, slot);
    if (returned.every(({ type }) => isReference(type))) continue;
    r.op('SLOAD');
    r.scope(() => {
      const word = r.keep();
      for (const { type, offset } of returned) {
        r.get(word);
        unpack(r, type, offset);
      }
    });
  }
  returnValues(r, results);
}
