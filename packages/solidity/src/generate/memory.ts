/**
 * Memory: word 0 counts the words in use behind the first two, word 1 stays 0 and is what empty arrays point to. Nothing is freed.
 * A struct is its members, an array in memory its elements, of a dynamic one after its length; a member or element that is itself
 * a struct or array is a pointer.
 */
import type { Operand } from '../code/code.js';
import type { Routine } from './routine.js';

const USED = 0;
/** Points to a length of 0. */
export const EMPTY_ARRAY = 1;
const FIRST = 2;

/** ( -- pointer ) Where the next words are, which are not taken yet. */
export function pushFree(r: Routine): void {
  r.push(USED);
  r.op('MLOAD');
  r.push(FIRST);
  r.op('ADDWRAP');
}

/** ( words -- pointer ) Takes so many new words, all 0. Fails with `memoryLimit` when they are written beyond the limit. */
export function allocate(r: Routine): void {
  pushFree(r);
  r.op('SWAP', 1);
  r.push(USED);
  r.op('MLOAD');
  r.op('ADD');
  r.push(USED);
  r.op('MSTORE');
}

/** ( -- pointer ) Takes so many new words, all 0. */
export function allocateWords(r: Routine, words: number): void {
  r.push(words);
  allocate(r);
}

/** ( -- word ) */
export function loadMemory(r: Routine, index: Operand): void {
  r.get(index);
  r.op('MLOAD');
}

/** ( word -- ) */
export function storeMemory(r: Routine, index: Operand): void {
  r.get(index);
  r.op('MSTORE');
}
