import { EMPTY_BYTES } from '@wattchain/core';
import { encodeCall } from '../../abi.js';
import type { Handler } from '../../opcode.js';
import { fail as failure } from '../failure.js';

export const stop: Handler = (frame) => {
  frame.isRunning = false;
  return undefined;
};

export const returnWords: Handler = (frame, immediates) => {
  frame.output = frame.popMany(immediates[0] as number);
  frame.isRunning = false;
  return undefined;
};

export const require: Handler = (frame, immediates) =>
  frame.pop() === 0n ? failure('revert', immediates[0] as string) : undefined;

export const fail: Handler = (_frame, immediates) => failure('revert', immediates[0] as string);

export const revert: Handler = (frame, immediates) => ({
  code: 'revert',
  data: encodeCall(immediates[0] as number, frame.popMany(immediates[1] as number)),
});

/** The least that a failure can say: nothing. */
const NO_REASON = Object.freeze({ code: 'revert' as const, data: EMPTY_BYTES });

export const abort: Handler = () => NO_REASON;

export const callSubroutine: Handler = (frame, immediates) => frame.enter(immediates[0] as number);

export const returnFromSubroutine: Handler = (frame) => {
  frame.leave();
  return undefined;
};

export const jump: Handler = (frame, immediates) => {
  frame.next = immediates[0] as number;
  return undefined;
};

export const jumpIf: Handler = (frame, immediates) => {
  if (frame.pop() !== 0n) frame.next = immediates[0] as number;
  return undefined;
};
