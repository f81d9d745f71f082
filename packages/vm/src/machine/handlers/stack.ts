import { assert } from '@wattchain/core';
import type { Handler } from '../../opcode.js';

export const push: Handler = (frame, immediates) => {
  frame.push(immediates[0] as bigint);
  return undefined;
};

export const pop: Handler = (frame) => {
  frame.pop();
  return undefined;
};

export const dup: Handler = ({ stack }, immediates) => {
  const word = stack[stack.length - (immediates[0] as number)];
  assert(word !== undefined, 'the verifier let a stack run empty');
  stack.push(word);
  return undefined;
};

export const swap: Handler = ({ stack }, immediates) => {
  const top = stack.length - 1;
  const below = top - (immediates[0] as number);
  const [upper, lower] = [stack[top], stack[below]];
  assert(upper !== undefined && lower !== undefined, 'the verifier let a stack run empty');
  stack[top] = lower;
  stack[below] = upper;
  return undefined;
};

export const localGet: Handler = (frame, immediates) => {
  frame.push(frame.local(immediates[0] as number));
  return undefined;
};

export const localSet: Handler = (frame, immediates) => {
  frame.setLocal(immediates[0] as number, frame.pop());
  return undefined;
};
