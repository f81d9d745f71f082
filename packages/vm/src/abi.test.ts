import { fromHex, toHex } from '@wattchain/core';
import fc from 'fast-check';
import {
  encodeAbiParameters,
  encodeErrorResult,
  encodeFunctionData,
  parseAbi,
  toEventSelector,
  toFunctionSelector,
} from 'viem';
import { describe, expect, test } from 'vitest';
import {
  decodeErrorText,
  decodePanicCode,
  decodeText,
  encodeCall,
  encodeError,
  encodePanic,
  encodeString,
  encodeWords,
  eventTopic,
  parseAbiType,
  selectorOf,
  selectorToHex,
  signatureOf,
} from './abi.js';

const SIGNATURES = [
  'transfer(address,uint256)',
  'offer(uint64,uint64,uint256,uint256[])',
  'name()',
  'report(bytes32,uint256[],bool)',
];
/** Solidity's own error and panic, which viem knows as parts of an ABI like others. */
const REASONS = parseAbi(['error Error(string)', 'error Panic(uint256)']);

describe('signatures', () => {
  test.each(SIGNATURES)('%s has the selector and topic that viem computes', (signature) => {
    expect(selectorToHex(selectorOf(signature))).toBe(toFunctionSelector(`function ${signature}`));
    expect(eventTopic(signature)).toBe(toEventSelector(`event ${signature}`));
  });

  test('a selector with leading zeros keeps them', () => {
    // keccak256 of this name begins with zeros (the known "zero selector" of gas golfers).
    expect(selectorToHex(selectorOf('wycpnbqcyf()'))).toBe(toFunctionSelector('function wycpnbqcyf()'));
    expect(selectorToHex(0x2a)).toBe('0x0000002a');
  });

  test('canonical types', () => {
    expect(parseAbiType('uint')).toEqual({ name: 'uint256', bits: 256, kind: 'word' });
    expect(parseAbiType('uint64')).toEqual({ name: 'uint64', bits: 64, kind: 'word' });
    expect(parseAbiType('uint[]')).toEqual({ name: 'uint256[]', bits: 256, kind: 'list' });
    expect(parseAbiType('address[]')).toEqual({ name: 'address[]', bits: 160, kind: 'list' });
    expect(parseAbiType('bool')).toEqual({ name: 'bool', bits: 1, kind: 'word' });
    expect(parseAbiType('string')?.kind).toBe('string');
    for (const wrong of [
      'uint7',
      'uint264',
      'uint0',
      'uint08',
      'int256',
      'bytes',
      'bytes4',
      'string[]',
      'uint256[][]',
      '',
    ]) {
      expect(parseAbiType(wrong), wrong).toBeUndefined();
    }
    expect(signatureOf('f', ['address', 'uint256[]'])).toBe('f(address,uint256[])');
  });
});

describe('encodings', () => {
  const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

  test('words are what viem encodes', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const types = words.map(() => ({ type: 'uint256' }));
        expect(toHex(encodeWords(words))).toBe(encodeAbiParameters(types, words));
      }),
    );
  });

  test('strings, reasons and panics are what viem encodes, and come back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(toHex(encodeString(text))).toBe(encodeAbiParameters([{ type: 'string' }], [text]));
        const data = encodeError(text);
        expect(toHex(data)).toBe(encodeErrorResult({ abi: REASONS, errorName: 'Error', args: [text] }));
        expect(decodeErrorText(data)).toBe(text);
      }),
    );
    const panic = encodePanic(0x11);
    expect(toHex(panic)).toBe(encodeErrorResult({ abi: REASONS, errorName: 'Panic', args: [0x11n] }));
    expect(decodePanicCode(panic)).toBe(0x11n);
  });

  test('a call is what viem encodes', () => {
    const abi = parseAbi(['function f(uint256,bool)']);
    const data = encodeCall(selectorOf('f(uint256,bool)'), [7n, 1n]);
    expect(toHex(data)).toBe(encodeFunctionData({ abi, functionName: 'f', args: [7n, true] }));
  });

  test('other or malformed data has no text', () => {
    const good = encodeError('not enough');
    expect(decodeErrorText(encodePanic(1))).toBeUndefined();
    expect(decodePanicCode(good)).toBeUndefined();
    expect(decodeErrorText(new Uint8Array(0))).toBeUndefined();
    expect(decodeErrorText(good.subarray(0, 70))).toBeUndefined();
    const hugeLength = good.slice();
    hugeLength[4 + 32] = 0xff;
    expect(decodeErrorText(hugeLength)).toBeUndefined();
    expect(decodeText(fromHex('0xff'))).toBeUndefined();
    // A surrogate and an overlong form, which UTF-8 forbids (RFC 3629).
    expect(decodeText(fromHex('0xeda080'))).toBeUndefined();
    expect(decodeText(fromHex('0xc0af'))).toBeUndefined();
  });
});
