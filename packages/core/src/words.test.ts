import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, numberToBytes } from './bytes.js';
import { AssertionFailure } from './error.js';
import { readWord, writeWord } from './words.js';

/** Words of every length, so that limbs are empty in all ways. */
const word = fc.nat(256).chain((bits) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }));
const byText = (value: bigint, length: number) => value.toString(16).padStart(2 * length, '0');
const textOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

it('writes and reads words anywhere in bytes, and touches no other', () => {
  fc.assert(
    fc.property(word, fc.nat(40), (value, offset) => {
      const bytes = new Uint8Array(80).fill(0xee);
      writeWord(value, bytes, offset);
      expect(textOf(bytes)).toBe(`${'ee'.repeat(offset)}${byText(value, 32)}${'ee'.repeat(48 - offset)}`);
      expect(readWord(bytes, offset)).toBe(value);
    }),
  );
});

it('makes bytes of any length and numbers of them again, as their text says', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const value = bytesToBigInt(bytes);
      expect(value).toBe(BigInt(`0x0${textOf(bytes)}`));
      expect(bigIntToBytes(value, bytes.length)).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 8, max: 34 }), (number, length) => {
      expect(textOf(numberToBytes(number, length))).toBe(byText(BigInt(number), length));
    }),
  );
});

it('asserts that what is written fits', () => {
  for (const length of [0, 1, 7, 8, 20, 31, 32, 33]) {
    expect(() => bigIntToBytes(1n << BigInt(8 * length), length)).toThrow(AssertionFailure);
    expect(() => bigIntToBytes(-1n, length)).toThrow(AssertionFailure);
  }
  for (const length of [1, 2, 4, 6]) {
    expect(() => numberToBytes(256 ** length, length)).toThrow(AssertionFailure);
    expect(textOf(numberToBytes(256 ** length - 1, length))).toBe('ff'.repeat(length));
  }
});

it('asserts that what is read is there', () => {
  expect(() => readWord(new Uint8Array(40), 9)).toThrow(AssertionFailure);
  expect(() => readWord(new Uint8Array(40), 0, 33)).toThrow(AssertionFailure);
});
