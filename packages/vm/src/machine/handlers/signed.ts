import { type Failure, WORD_LIMIT } from '@wattchain/core';
import type { Handler } from '../../opcode.js';
import { DIVISION_BY_ZERO, OVERFLOW } from '../failure.js';
import { flagToWord } from '../words.js';

const SIGN = WORD_LIMIT >> 1n;

/** Words as two's complement: a word from 2^255 on stands for itself less 2^256. */
const signed = (word: bigint) => (word < SIGN ? word : word - WORD_LIMIT);
const unsigned = (number: bigint) => (number < 0n ? number + WORD_LIMIT : number);

/** An operation on signed numbers whose result must be one. */
function checked(operate: (a: bigint, b: bigint) => bigint | Failure): Handler {
  return (frame) => {
    const b = signed(frame.pop());
    const result = operate(signed(frame.pop()), b);
    if (typeof result !== 'bigint') return result;
    if (result >= SIGN || result < -SIGN) return OVERFLOW;
    frame.push(unsigned(result));
    return undefined;
  };
}

export const add = checked((a, b) => a + b);
export const subtract = checked((a, b) => a - b);
export const multiply = checked((a, b) => a * b);
/** BigInt rounds towards zero and gives a remainder with the sign of the dividend, as Solidity has it. */
export const divide = checked((a, b) => (b === 0n ? DIVISION_BY_ZERO : a / b));
export const remainder = checked((a, b) => (b === 0n ? DIVISION_BY_ZERO : a % b));

export const less: Handler = (frame) => {
  const b = signed(frame.pop());
  frame.push(flagToWord(signed(frame.pop()) < b));
  return undefined;
};

export const greater: Handler = (frame) => {
  const b = signed(frame.pop());
  frame.push(flagToWord(signed(frame.pop()) > b));
  return undefined;
};

export const shiftRight: Handler = (frame) => {
  const bits = frame.pop();
  const number = signed(frame.pop());
  // Beyond the word only its sign is left.
  frame.push(unsigned(number >> (bits < 256n ? bits : 255n)));
  return undefined;
};

export const extend: Handler = (frame, immediates) => {
  frame.push(BigInt.asUintN(256, BigInt.asIntN(immediates[0] as number, frame.pop())));
  return undefined;
};

export const fits: Handler = (frame, immediates) => {
  const word = frame.pop();
  if (BigInt.asUintN(256, BigInt.asIntN(immediates[0] as number, word)) !== word) return OVERFLOW;
  frame.push(word);
  return undefined;
};
