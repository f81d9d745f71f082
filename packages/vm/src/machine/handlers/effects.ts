import type { Failure } from '@wattchain/core';
import { encodeWords } from '../../abi.js';
import { GAS_CALL, GAS_STATE_CHANGE, GAS_STATE_NEW } from '../../gas.js';
import type { ImmediateValue } from '../../immediates.js';
import type { Handler } from '../../opcode.js';
import { fail, VIEW_VIOLATION } from '../failure.js';
import type { Frame } from '../frame.js';
import { wordToAddress, wordToHash } from '../words.js';

export const storageStore: Handler = (frame) => {
  if (frame.isView) return VIEW_VIOLATION;
  const { machine, self } = frame;
  const slot = frame.pop();
  const word = frame.pop();
  const before = machine.state.storage(self, slot);
  if (word === before) return undefined;
  const failure = machine.charge(before === 0n ? GAS_STATE_NEW : GAS_STATE_CHANGE);
  if (failure !== undefined) return failure;
  machine.state.setStorage(self, slot, word);
  return undefined;
};

export const log: Handler = (frame, immediates) => {
  if (frame.isView) return VIEW_VIOLATION;
  const [topic, indexedCount, dataCount] = immediates as [bigint, number, number];
  const data = encodeWords(frame.popMany(dataCount));
  const topics = [topic, ...frame.popMany(indexedCount)].map(wordToHash);
  return frame.machine.addLog({ address: frame.self, topics, data });
};

export const call: Handler = (frame, immediates) => callWithWords(frame, immediates, false);
export const callView: Handler = (frame, immediates) => callWithWords(frame, immediates, true);

/** A view call takes no value off the stack: it may send none. */
function callWithWords(frame: Frame, immediates: readonly ImmediateValue[], isView: boolean): Failure | undefined {
  const [selector, argumentCount, resultCount] = immediates as [number, number, number];
  const args = frame.popMany(argumentCount);
  const value = isView ? 0n : frame.pop();
  const target = wordToAddress(frame.pop());
  if (target === undefined) return fail('badArguments', 'CALL of a word that is no address');
  const message = { caller: frame.self, target, value, selector, args, isView };
  return frame.machine.call(frame, message, { count: resultCount });
}

export const pay: Handler = (frame) => {
  if (frame.isView) return VIEW_VIOLATION;
  const { machine, self } = frame;
  const amount = frame.pop();
  const address = wordToAddress(frame.pop());
  if (address === undefined) return fail('badArguments', 'PAY to a word that is no address');
  const payee = machine.state.account(address);
  if (payee !== undefined && payee.codeHash !== null) {
    const message = { caller: self, target: address, value: amount, selector: undefined, args: [], isView: false };
    return machine.charge(GAS_CALL) ?? machine.call(frame, message, { count: 0 });
  }
  const failure = payee === undefined && amount > 0n ? machine.charge(GAS_STATE_NEW) : undefined;
  return failure ?? machine.transfer(self, address, amount);
};
