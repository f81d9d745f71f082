/** What a text's word says of its bytes (`generate/text.ts`). */
import type { Routine } from '../generate/routine.js';

/** The byte of a short text that holds twice its length; its own bytes are left of it. */
const LENGTH_BYTE = 0xffn;
const OTHER_BYTES = (1n << 256n) - 1n - LENGTH_BYTE;

/** ( text -- bit ) Whether a text is a longer constant, in memory. */
export function pushIsLong(r: Routine): void {
  r.push(1);
  r.op('AND');
}

/** ( text -- bytes ) The length of a short text. */
export function shortLength(r: Routine): void {
  r.push(LENGTH_BYTE);
  r.op('AND');
  r.push(1);
  r.op('SHR');
}

/** ( text -- word ) The bytes of a short text, zeros behind them. */
export function shortBytes(r: Routine): void {
  r.push(OTHER_BYTES);
  r.op('AND');
}

/** ( text -- pointer ) Where the length of a long text is; its words are behind it. */
export function longPointer(r: Routine): void {
  r.push(1);
  r.op('SHR');
}
