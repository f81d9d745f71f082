import { bytesToBigInt, type Failure, keccak256 } from '@wattchain/core';
import { encodeCall, encodeWords } from '../../abi.js';
import { GAS_HASH_WORD, GAS_LOG_WORD, GAS_WORD } from '../../gas.js';
import type { ImmediateValue } from '../../immediates.js';
import type { Handler } from '../../opcode.js';
import { fail, VIEW_VIOLATION } from '../failure.js';
import type { Frame } from '../frame.js';
import { MAX_FAILURE_WORDS } from '../limits.js';
import { wordToAddress, wordToHash } from '../words.js';

const WORD_BYTES = 32n;

export const load: Handler = (frame) => {
  frame.push(frame.load(frame.pop()));
  return undefined;
};

export const store: Handler = (frame) => {
  const index = frame.pop();
  return frame.store(index, [frame.pop()]);
};

export const hashMemory: Handler = (frame) => {
  const bytes = frame.pop();
  const range = frame.range(frame.pop(), (bytes + WORD_BYTES - 1n) / WORD_BYTES, GAS_HASH_WORD);
  if (range.fault) return range.fault;
  frame.push(bytesToBigInt(keccak256(encodeWords(range.value).subarray(0, Number(bytes)))));
  return undefined;
};

export const returnMemory: Handler = (frame) => {
  const count = frame.pop();
  const range = frame.range(frame.pop(), count, GAS_WORD);
  if (range.fault) return range.fault;
  frame.output = range.value;
  frame.isRunning = false;
  return undefined;
};

export const revertMemory: Handler = (frame, immediates) => {
  const count = frame.pop();
  const index = frame.pop();
  if (count > MAX_FAILURE_WORDS) return fail('memoryLimit', `a failure says at most ${MAX_FAILURE_WORDS} words`);
  const range = frame.range(index, count, GAS_WORD);
  return range.fault ?? { code: 'revert', data: encodeCall(immediates[0] as number, range.value) };
};

export const logMemory: Handler = (frame, immediates) => {
  if (frame.isView) return VIEW_VIOLATION;
  const [topic, indexedCount] = immediates as [bigint, number];
  const count = frame.pop();
  const range = frame.range(frame.pop(), count, GAS_LOG_WORD);
  if (range.fault) return range.fault;
  const topics = [topic, ...frame.popMany(indexedCount)].map(wordToHash);
  return frame.machine.addLog({ address: frame.self, topics, data: encodeWords(range.value) });
};

export const callMemory: Handler = (frame, immediates) => callWithMemory(frame, immediates, false);
export const callViewMemory: Handler = (frame, immediates) => callWithMemory(frame, immediates, true);

/** A view call takes no value off the stack: it may send none. */
function callWithMemory(frame: Frame, immediates: readonly ImmediateValue[], isView: boolean): Failure | undefined {
  const delivery = frame.pop();
  const count = frame.pop();
  const index = frame.pop();
  const value = isView ? 0n : frame.pop();
  const target = wordToAddress(frame.pop());
  if (target === undefined) return fail('badArguments', 'CALLM of a word that is no address');
  const range = frame.range(index, count, GAS_WORD);
  if (range.fault) return range.fault;
  const message = { caller: frame.self, target, value, selector: immediates[0] as number, args: range.value, isView };
  return frame.machine.call(frame, message, { memory: delivery });
}
