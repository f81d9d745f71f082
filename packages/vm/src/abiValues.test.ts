/** The small codec against viem's. */
import { fromHex, toHex } from '@wattchain/core';
import fc from 'fast-check';
import { encodeAbiParameters, encodeErrorResult } from 'viem';
import { describe, expect, test } from 'vitest';
import type { AbiEntry } from './abi.js';
import { decodeCustomError, decodeValues, encodeArguments } from './abiValues.js';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((content) => toHex(content) as `0x${string}`);
const WORDS = {
  uint256: fc.bigInt(0n, (1n << 256n) - 1n),
  uint64: fc.bigInt(0n, (1n << 64n) - 1n),
  bool: fc.boolean(),
  address: hex(20),
  bytes32: hex(32),
} as const;
type WordType = keyof typeof WORDS;
const parameter = fc
  .tuple(fc.constantFrom(...(Object.keys(WORDS) as WordType[])), fc.boolean())
  .chain(([type, isList]): fc.Arbitrary<{ type: string; value: bigint | boolean | string | unknown[] }> => {
    const one: fc.Arbitrary<bigint | boolean | string> = WORDS[type];
    return isList
      ? fc.array(one, { maxLength: 4 }).map((value) => ({ type: `${type}[]`, value }))
      : one.map((value) => ({ type, value }));
  });

test('arguments are encoded as viem does', () => {
  fc.assert(
    fc.property(fc.array(parameter, { maxLength: 6 }), (given) => {
      const parameters = given.map(({ type }, i) => ({ name: `p${i}`, type }));
      const values = given.map(({ value }) => value);
      expect(toHex(encodeArguments(parameters, values as bigint[]))).toBe(encodeAbiParameters(parameters, values));
    }),
  );
});

test('words and a string come back', () => {
  const parameters = [
    { name: 'a', type: 'address' },
    { name: 'b', type: 'bool' },
    { name: 'c', type: 'bytes32' },
    { name: 'd', type: 'uint8' },
  ];
  const values = ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', true, `0x${'ab'.repeat(32)}`, 200n] as const;
  expect(decodeValues(parameters, fromHex(encodeAbiParameters(parameters, values)))).toEqual(values);
  const text = [{ name: '', type: 'string' }];
  expect(decodeValues(text, fromHex(encodeAbiParameters(text, ['Größe ✓'])))).toEqual(['Größe ✓']);
  expect(decodeValues(parameters, new Uint8Array(31))).toBeUndefined();
  expect(decodeValues(text, new Uint8Array(64).fill(0xff))).toBeUndefined();
});

describe('what is no value of the type is refused', () => {
  test.each([
    ['uint8', 256n],
    ['uint256', -1n],
    ['uint256', 1.5],
    ['uint256', '5'],
    ['bool', 1n],
    ['address', '0x1234'],
    ['address', 5n],
    ['bytes32', '0x12'],
    ['uint256[]', 5n],
  ])('%s %s', (type, value) => {
    expect(() => encodeArguments([{ name: 'x', type }], [value])).toThrow(
      expect.objectContaining({ code: 'badArguments' }),
    );
  });

  test('and so is a wrong number of arguments', () => {
    expect(() => encodeArguments([{ name: 'x', type: 'bool' }], [])).toThrow(
      '1 arguments are taken (bool x), 0 are given',
    );
  });
});

test('a custom error is found by its selector, with its values', () => {
  const abi: AbiEntry[] = [
    { type: 'error', name: 'Other', inputs: [] },
    {
      type: 'error',
      name: 'TooMany',
      inputs: [
        { name: 'got', type: 'uint256' },
        { name: 'most', type: 'uint256' },
      ],
    },
  ];
  const data = fromHex(encodeErrorResult({ abi, errorName: 'TooMany', args: [101n, 100n] }));
  expect(decodeCustomError(abi, data)).toMatchObject({ entry: { name: 'TooMany' }, values: [101n, 100n] });
  expect(decodeCustomError(abi, data.subarray(0, 36))).toBeUndefined();
  expect(decodeCustomError([], data)).toBeUndefined();
});
