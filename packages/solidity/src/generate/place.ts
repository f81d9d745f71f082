/** Places that hold a value, once their address has been worked out: what an assignment writes and most expressions read. */
import { assert } from '@wattchain/core';
import { readCalldata } from '../abi/decode.js';
import type { Operand } from '../code/code.js';
import { isReference, type Type } from '../tree/types.js';
import { loadMemory, storeMemory } from './memory.js';
import type { Routine } from './routine.js';
import { type BitOffset, loadStorage, storeStorage } from './storage.js';

export interface StoragePlace {
  readonly in: 'storage';
  readonly slot: Operand;
  readonly offset: BitOffset;
  readonly type: Type;
}

export type Place =
  | { readonly in: 'local'; readonly local: number; readonly type: Type }
  | StoragePlace
  /** A word of storage of its own, which holds the value as the stack does. */
  | { readonly in: 'immutable'; readonly slot: bigint; readonly type: Type }
  /** A member or element; one that is a struct or array is held as a pointer. */
  | { readonly in: 'memory'; readonly index: Operand; readonly type: Type }
  /** Arguments: `index` is the value's head word, `base` the first head word of what holds it, from which its offset counts. */
  | { readonly in: 'calldata'; readonly index: Operand; readonly base: Operand; readonly type: Type };

/** ( -- value ) A struct, array or mapping in storage is its slot, a struct or array in calldata an index (`abi/decode.ts`). */
export function load(r: Routine, place: Place): void {
  switch (place.in) {
    case 'local':
      r.op('LGET', place.local);
      return;
    case 'storage':
      if (isReference(place.type)) r.get(place.slot);
      else loadStorage(r, place.type, place.slot, place.offset);
      return;
    case 'immutable':
      r.push(place.slot);
      r.op('SLOAD');
      return;
    case 'memory':
      loadMemory(r, place.index);
      return;
    case 'calldata':
      r.get(place.index);
      readCalldata(r, place.type, place.base);
  }
}

/** ( value -- ) Writes a word: a value, or a pointer into a local or memory. */
export function storeWord(r: Routine, place: Place): void {
  switch (place.in) {
    case 'local':
      r.op('LSET', place.local);
      return;
    case 'storage':
      storeStorage(r, place.type, place.slot, place.offset);
      return;
    case 'immutable':
      r.push(place.slot);
      r.op('SSTORE');
      return;
    case 'memory':
      storeMemory(r, place.index);
      return;
    case 'calldata':
      assert(false, 'solc lets nobody write to calldata');
  }
}
