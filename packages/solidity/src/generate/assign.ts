/** Writing to places. */
import { assert } from '@wattchain/core';
import { isReference, type Type } from '../tree/types.js';
import { clearStorage, copyToStorage, pushDefault } from './aggregates.js';
import { convert } from './conversions.js';
import { type Place, storeWord } from './place.js';
import type { Routine } from './routine.js';
import { requireShort } from './text.js';

/** ( value -- ) Gives a place a value of that type; a struct or array in storage takes a copy. */
export function store(r: Routine, place: Place, from: Type): void {
  const { type } = place;
  if (place.in === 'storage' && isReference(type)) {
    assert(type.kind !== 'mapping' && isReference(from) && from.kind !== 'mapping', 'mappings cannot be assigned');
    r.get(place.slot);
    copyToStorage(r, from, type);
    return;
  }
  convert(r, from, type);
  if (place.in === 'storage' && type.kind === 'text') requireShort(r);
  storeWord(r, place);
}

/** `delete`: the place holds what a new variable of its type does; mappings stay. */
export function clear(r: Routine, place: Place): void {
  if (place.in === 'storage' && isReference(place.type)) {
    r.get(place.slot);
    clearStorage(r, place.type);
    return;
  }
  pushDefault(r, place.type);
  storeWord(r, place);
}
