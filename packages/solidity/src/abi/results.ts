/** How a call ends: its results, or an error with arguments. */
import type { Routine } from '../generate/routine.js';
import type { Type } from '../tree/types.js';
import { encodeToMemory, flatten, isFlat } from './encode.js';

/** ( v1 … vn -- ) Ends the call with these results. */
export function returnValues(r: Routine, types: readonly Type[]): void {
  if (types.length === 0) {
    r.op('STOP');
  } else if (isFlat(r, types)) {
    r.op('RETURN', flatten(r, types));
  } else {
    encodeToMemory(r, types);
    r.op('RETURNM');
  }
}

/** ( v1 … vn -- ) Ends the call with an error of these arguments. */
export function revertWith(r: Routine, selector: number, types: readonly Type[]): void {
  if (isFlat(r, types)) {
    r.op('REVERT', selector, flatten(r, types));
  } else {
    encodeToMemory(r, types);
    r.op('REVERTM', selector);
  }
}
