import { bigIntToBytes, ecrecover, keccak256, readWord } from '@wattchain/core';
import { encodeWords } from '../../abi.js';
import type { Handler } from '../../opcode.js';
import { fail } from '../failure.js';
import { addressToWord, wordToAddress } from '../words.js';

export const storageLoad: Handler = (frame) => {
  frame.push(frame.machine.state.storage(frame.self, frame.pop()));
  return undefined;
};

export const hash: Handler = (frame, immediates) => {
  frame.push(readWord(keccak256(encodeWords(frame.popMany(immediates[0] as number)))));
  return undefined;
};

export const recover: Handler = (frame) => {
  const s = frame.pop();
  const r = frame.pop();
  const v = frame.pop();
  const signer = ecrecover(bigIntToBytes(frame.pop(), 32), v, r, s);
  frame.push(signer === undefined ? 0n : addressToWord(signer));
  return undefined;
};

export const caller: Handler = (frame) => {
  frame.push(frame.callerWord);
  return undefined;
};

export const value: Handler = (frame) => {
  frame.push(frame.value);
  return undefined;
};

export const self: Handler = (frame) => {
  frame.push(frame.selfWord);
  return undefined;
};

export const balance: Handler = (frame) => {
  const address = wordToAddress(frame.pop());
  if (address === undefined) return fail('badArguments', 'BALANCE of a word that is no address');
  frame.push(frame.machine.state.balance(address));
  return undefined;
};

export const time: Handler = (frame) => {
  frame.push(BigInt(Math.floor(frame.machine.block.timestampMs / 1000)));
  return undefined;
};

export const height: Handler = (frame) => {
  frame.push(BigInt(frame.machine.block.height));
  return undefined;
};

export const chainId: Handler = (frame) => {
  frame.push(BigInt(frame.machine.block.genesis.chainId));
  return undefined;
};
