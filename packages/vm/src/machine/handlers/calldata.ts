import { type Failure, WORD_BYTES } from '@wattchain/core';
import type { Handler } from '../../opcode.js';
import { fail } from '../failure.js';
import type { Frame } from '../frame.js';

export const TOO_FEW_ARGUMENTS: Failure = Object.freeze(fail('badArguments', 'an argument is missing'));

/** The failure of an argument that is larger than its type. */
export function tooManyBits(bits: number): Failure {
  return fail('badArguments', `an argument has more than ${bits} bits`);
}

export const argument: Handler = (frame) => {
  const index = frame.pop();
  const word = index < frame.args.length ? frame.args[Number(index)] : undefined;
  if (word === undefined) return TOO_FEW_ARGUMENTS;
  frame.push(word);
  return undefined;
};

export const argumentCount: Handler = (frame) => {
  frame.push(BigInt(frame.args.length));
  return undefined;
};

/** Where the elements of a list stand among the arguments. */
interface List {
  readonly start: number;
  readonly length: number;
}

/** The list whose byte offset is the head word at `head`, or `undefined` when it is not wholly within the arguments. */
function findList({ args }: Frame, head: number): List | undefined {
  const offset = args[head];
  if (offset === undefined || offset >= args.length * WORD_BYTES) return undefined;
  const place = Number(offset) / WORD_BYTES;
  const length = args[place];
  const start = place + 1;
  if (length === undefined || length > args.length - start) return undefined;
  return { start, length: Number(length) };
}

const BAD_LIST: Failure = Object.freeze(fail('badArguments', 'a list argument lies outside the calldata'));

export const listLength: Handler = (frame, immediates) => {
  const list = findList(frame, immediates[0] as number);
  if (list === undefined) return BAD_LIST;
  frame.push(BigInt(list.length));
  return undefined;
};

export const listElement: Handler = (frame, immediates) => {
  const index = frame.pop();
  const list = findList(frame, immediates[0] as number);
  if (list === undefined) return BAD_LIST;
  const word = index < list.length ? frame.args[list.start + Number(index)] : undefined;
  if (word === undefined) return fail('badArguments', 'a list argument is shorter than the index');
  frame.push(word);
  return undefined;
};

export const checkRange: Handler = (frame, immediates) => {
  const bits = immediates[0] as number;
  const word = frame.pop();
  if (word >> BigInt(bits) !== 0n) return tooManyBits(bits);
  frame.push(word);
  return undefined;
};
