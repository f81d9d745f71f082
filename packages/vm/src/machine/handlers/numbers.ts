import { WORD_LIMIT } from '@wattchain/core';
import { GAS_POWER_BYTE } from '../../gas.js';
import type { Handler } from '../../opcode.js';
import { DIVISION_BY_ZERO, OVERFLOW } from '../failure.js';

export const add: Handler = (frame) => {
  const b = frame.pop();
  const sum = frame.pop() + b;
  if (sum >= WORD_LIMIT) return OVERFLOW;
  frame.push(sum);
  return undefined;
};

export const subtract: Handler = (frame) => {
  const b = frame.pop();
  const difference = frame.pop() - b;
  if (difference < 0n) return OVERFLOW;
  frame.push(difference);
  return undefined;
};

export const multiply: Handler = (frame) => {
  const b = frame.pop();
  const product = frame.pop() * b;
  if (product >= WORD_LIMIT) return OVERFLOW;
  frame.push(product);
  return undefined;
};

export const divide: Handler = (frame) => {
  const b = frame.pop();
  const a = frame.pop();
  if (b === 0n) return DIVISION_BY_ZERO;
  frame.push(a / b);
  return undefined;
};

export const remainder: Handler = (frame) => {
  const b = frame.pop();
  const a = frame.pop();
  if (b === 0n) return DIVISION_BY_ZERO;
  frame.push(a % b);
  return undefined;
};

/** An operation whose result is cut to a word. */
function wrapping(operate: (a: bigint, b: bigint) => bigint): Handler {
  return (frame) => {
    const b = frame.pop();
    frame.push(BigInt.asUintN(256, operate(frame.pop(), b)));
    return undefined;
  };
}

export const addWrapping = wrapping((a, b) => a + b);
export const subtractWrapping = wrapping((a, b) => a - b);
export const multiplyWrapping = wrapping((a, b) => a * b);

export const power: Handler = (frame) => {
  const exponent = frame.pop();
  const base = frame.pop();
  if (base < 2n || exponent === 0n) {
    frame.push(exponent === 0n ? 1n : base);
    return undefined;
  }
  // From 2 on, 256 factors leave the words.
  if (exponent > 255n) return OVERFLOW;
  let result = base;
  for (let factors = Number(exponent) - 1, square = base; factors > 0; factors >>= 1) {
    if (factors % 2 === 1) result *= square;
    // A square that is too large is a factor of the result, unless no factor is left.
    if (result >= WORD_LIMIT || (square >= WORD_LIMIT && factors > 1)) return OVERFLOW;
    square *= square;
  }
  frame.push(result);
  return undefined;
};

export const powerWrapping: Handler = (frame) => {
  const exponent = frame.pop();
  const failure = frame.machine.charge(GAS_POWER_BYTE * bytesOf(exponent));
  if (failure !== undefined) return failure;
  frame.push(powerOfDigits(frame.pop(), exponent.toString(16)));
  return undefined;
};

const multiplied = (a: bigint, b: bigint) => BigInt.asUintN(256, a * b);

/** Four bits of the exponent at a time, with the sixteen powers that they may ask for: a third fewer products than bit by bit. */
function powerOfDigits(base: bigint, digits: string): bigint {
  const powers = [1n, base];
  while (powers.length < 16) powers.push(multiplied(powers.at(-1) as bigint, base));
  let result = 1n;
  for (const digit of digits) {
    for (let i = 0; i < 4; i++) result = multiplied(result, result);
    result = multiplied(result, powers[Number.parseInt(digit, 16)] as bigint);
  }
  return result;
}

function bytesOf(word: bigint): number {
  return word === 0n ? 0 : Math.ceil(word.toString(16).length / 2);
}

/** An operation modulo a third word. */
function modular(operate: (a: bigint, b: bigint) => bigint): Handler {
  return (frame) => {
    const modulus = frame.pop();
    const b = frame.pop();
    const a = frame.pop();
    if (modulus === 0n) return DIVISION_BY_ZERO;
    frame.push(operate(a, b) % modulus);
    return undefined;
  };
}

export const addModular = modular((a, b) => a + b);
export const multiplyModular = modular((a, b) => a * b);

export const fits: Handler = (frame, immediates) => {
  const word = frame.pop();
  if (word >> BigInt(immediates[0] as number) !== 0n) return OVERFLOW;
  frame.push(word);
  return undefined;
};
