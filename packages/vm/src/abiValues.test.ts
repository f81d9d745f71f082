/** The small codec against viem's. */
import { fromHex, toChecksumAddress, toHex } from '@wattchain/core';
import fc from 'fast-check';
import { encodeAbiParameters, encodeErrorResult } from 'viem';
import { describe, expect, test } from 'vitest';
import type { AbiEntry, AbiParameter } from './abi.js';
import {
  type AbiValue,
  decodeCustomError,
  decodeValues,
  describeValue,
  encodeArguments,
  signatureOfEntry,
} from './abiValues.js';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((content) => toHex(content) as `0x${string}`);
const WORDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  uint256: fc.bigInt(0n, (1n << 256n) - 1n),
  uint64: fc.bigInt(0n, (1n << 64n) - 1n),
  int256: fc.bigInt(-(1n << 255n), (1n << 255n) - 1n),
  int24: fc.bigInt(-(1n << 23n), (1n << 23n) - 1n),
  bool: fc.boolean(),
  address: hex(20).map((text) => toChecksumAddress(text)),
  bytes32: hex(32),
  bytes4: hex(4),
  bytes: fc.uint8Array({ maxLength: 70 }).map((content) => toHex(content)),
  string: fc.string({ unit: 'grapheme', maxLength: 40 }),
};

interface Drawn {
  readonly parameter: AbiParameter;
  readonly value: unknown;
}

/** A parameter of any type with a value of it; tuples and lists within each other up to `depth`. */
function drawn(name: string, depth: number): fc.Arbitrary<Drawn> {
  const word = fc
    .constantFrom(...Object.keys(WORDS))
    .chain((type) => (WORDS[type] as fc.Arbitrary<unknown>).map((value) => ({ parameter: { name, type }, value })));
  if (depth === 0) return word;
  const tuple = fc.tuple(...['x', 'y', 'z'].map((member) => drawn(member, depth - 1))).map((members) => ({
    parameter: { name, type: 'tuple', components: members.map(({ parameter }) => parameter) },
    value: Object.fromEntries(members.map(({ parameter, value }) => [parameter.name, value])),
  }));
  // Items of one type: the first one's value again and again.
  const list = fc
    .tuple(drawn(name, depth - 1), fc.nat(3), fc.boolean())
    .map(([{ parameter, value }, length, isFixed]) => ({
      parameter: { ...parameter, type: `${parameter.type}[${isFixed ? length + 1 : ''}]` },
      value: new Array(isFixed ? length + 1 : length).fill(value),
    }));
  return fc.oneof(word, tuple, list);
}

test('values are encoded and read as viem does', () => {
  fc.assert(
    fc.property(fc.array(drawn('p', 3), { maxLength: 4 }), (given) => {
      const parameters = given.map(({ parameter }) => parameter);
      const values = given.map(({ value }) => value) as AbiValue[];
      const encoded = encodeAbiParameters(parameters, values);
      expect(toHex(encodeArguments(parameters, values))).toBe(encoded);
      expect(decodeValues(parameters, fromHex(encoded))).toEqual(values);
    }),
  );
});

test('bytes that are no such values are refused, in a time that their length bounds', () => {
  const nested = { name: '', type: 'uint256[][][][][][][][]' };
  const word = (n: number) => n.toString(16).padStart(64, '0');
  // Each list has 64 items, which are all the same list.
  const bomb = Array.from({ length: 7 }, () => word(64) + word(64 * 32).repeat(64)).join('');
  expect(decodeValues([nested], fromHex(`0x${word(32)}${bomb}${word(0)}`))).toBeUndefined();
  const many = { name: '', type: 'tuple[]', components: [] };
  expect(decodeValues([many], fromHex(`0x${word(32)}${word(64)}`))).toBeUndefined();
  expect(decodeValues([{ name: '', type: 'uint256[999999999]' }], new Uint8Array(32))).toBeUndefined();
  expect(decodeValues([{ name: '', type: 'function' }], new Uint8Array(32))).toBeUndefined();
  fc.assert(
    fc.property(drawn('p', 3), fc.uint8Array({ maxLength: 400 }), ({ parameter }, data) => {
      decodeValues([parameter], data);
    }),
  );
});

test('signatures write tuples as their members', () => {
  const components = [
    { name: 'a', type: 'address' },
    { name: 'b', type: 'tuple[2]', components: [{ name: 'c', type: 'int8' }] },
  ];
  const entry = { name: 'f', inputs: [{ name: 'x', type: 'tuple[]', components }] };
  expect(signatureOfEntry(entry)).toBe('f((address,(int8)[2])[])');
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

test.each([
  ['uint8', 256n],
  ['bool', 2n],
  ['address', 1n << 160n],
  ['int8', 128n],
  ['int8', 2n ** 256n - 129n],
  ['bytes4', 1n],
])('a word with more than a %s has is none: %s', (type, word) => {
  expect(decodeValues([{ name: '', type }], fromHex(`0x${word.toString(16).padStart(64, '0')}`))).toBeUndefined();
});

test.each([
  ['int8', 2n ** 256n - 128n, -128n],
  ['int8', 127n, 127n],
  ['bytes4', 0x01020304n << 224n, '0x01020304'],
])('a %s of a whole word is read: %s', (type, word, value) => {
  expect(decodeValues([{ name: '', type }], fromHex(`0x${word.toString(16).padStart(64, '0')}`))).toEqual([value]);
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
    ['uint256[2]', [5n]],
    ['int8', 128n],
    ['int8', -129n],
    ['bytes4', '0x0102030405'],
    ['bytes', '0x0'],
    ['string', 5n],
    ['function', '0x'],
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

test('a value is written for people', () => {
  expect(describeValue([{ owner: '0x12', shares: [1n, 2n] }, true])).toBe('[(owner 0x12, shares [1, 2]), true]');
});
