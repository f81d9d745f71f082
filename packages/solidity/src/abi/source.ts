/** Where encoded words are read: the arguments of the call, or words of memory. Offsets and lengths in them are a stranger's. */
import type { Operand } from '../code/code.js';
import type { Routine } from '../generate/routine.js';

/** `calldata`, or memory from an index that the reader knows up to `end`. */
export type Source = 'calldata' | { readonly end: Operand };

/** ( index -- word ) Fails without a reason behind the last word. */
export function readWord(r: Routine, source: Source): void {
  if (source === 'calldata') {
    r.op('ARG');
    return;
  }
  r.op('DUP', 1);
  r.get(source.end);
  r.op('LT');
  r.abortUnless();
  r.op('MLOAD');
}

/** ( index -- words ) How many words are left behind the word at the index, which there is. */
export function pushWordsBehind(r: Routine, source: Source): void {
  r.push(1);
  r.op('ADDWRAP');
  pushEnd(r, source);
  r.op('SWAP', 1);
  r.op('SUBWRAP');
}

/** ( -- end ) */
export function pushEnd(r: Routine, source: Source): void {
  if (source === 'calldata') r.op('ARGCOUNT');
  else r.get(source.end);
}

/** Calls a subroutine that takes so many words and gives one, and that reads from the source of its caller. */
export function callReader(
  r: Routine,
  source: Source,
  key: string,
  takes: number,
  write: (r: Routine, source: Source) => void,
): void {
  if (source === 'calldata') {
    r.call(r.unit.subroutine(`${key} of calldata`, takes, 1, (sub) => write(sub, source)));
    return;
  }
  r.get(source.end);
  r.call(r.unit.subroutine(`${key} of memory`, takes + 1, 1, (sub) => write(sub, { end: sub.keep() })));
}
