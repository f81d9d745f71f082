import { WORD_LIMIT } from '@wattchain/core';
import type { Handler } from '../../opcode.js';
import { flagToWord } from '../words.js';

/** A handler that puts `operation(a, b)`, a word, in place of a and b. */
function binary(operation: (a: bigint, b: bigint) => bigint): Handler {
  return (frame) => {
    const b = frame.pop();
    frame.push(operation(frame.pop(), b));
    return undefined;
  };
}

const ALL_BITS = WORD_LIMIT - 1n;
const WORD_BITS = 256n;

export const less = binary((a, b) => flagToWord(a < b));
export const greater = binary((a, b) => flagToWord(a > b));
export const atMost = binary((a, b) => flagToWord(a <= b));
export const atLeast = binary((a, b) => flagToWord(a >= b));
export const equal = binary((a, b) => flagToWord(a === b));
export const and = binary((a, b) => a & b);
export const or = binary((a, b) => a | b);
export const xor = binary((a, b) => a ^ b);
// The bound comes first: a shift by 2^63 would ask for that much memory.
export const shiftLeft = binary((a, b) => (b < WORD_BITS ? BigInt.asUintN(256, a << b) : 0n));
export const shiftRight = binary((a, b) => (b < WORD_BITS ? a >> b : 0n));

export const isZero: Handler = (frame) => {
  frame.push(flagToWord(frame.pop() === 0n));
  return undefined;
};

export const not: Handler = (frame) => {
  frame.push(frame.pop() ^ ALL_BITS);
  return undefined;
};
