import { WORD_LIMIT } from '@wattchain/core';
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
