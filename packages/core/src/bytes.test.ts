import * as noble from '@noble/hashes/utils.js';
import { expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, fromHex, numberToBytes, toHex } from './bytes.js';

/** Bytes of many kinds: none, all lengths around a word's, long ones, with zeros and with high bits in front. */
const SAMPLES = [...Array.from({ length: 70 }, (_, length) => length), 1023, 1024, 1025, 3000].flatMap((length) =>
  [0, 1, 0x7f, 0x80, 0xff].map((first) =>
    Uint8Array.from({ length }, (_, i) => (i === 0 ? first : (i * 151 + first * 31 + length) & 0xff)),
  ),
);

it('text that is no hex is refused in one line, also when it has several', () => {
  expect(() => fromHex('# A heading\n\nand more')).toThrow('"# A heading\\n\\nand more" is not hexadecimal text');
});

it('hexadecimal text is noble’s, and nothing else is taken', () => {
  for (const bytes of SAMPLES) {
    expect(toHex(bytes)).toBe(`0x${noble.bytesToHex(bytes)}`);
    expect(fromHex(toHex(bytes))).toEqual(bytes);
    expect(fromHex(`0x${noble.bytesToHex(bytes).toUpperCase()}`)).toEqual(bytes);
  }
  const wrong = [
    '',
    '0',
    '0x1',
    '00',
    '0X00',
    '1x00',
    'x000',
    '0x0g',
    '0xg0',
    '0x-1',
    '0x 1',
    '0x1 ',
    '0x1\n',
    '0x0\u0130',
  ];
  for (const text of [...wrong, '0x\u0661\u0662', '0x0/', '0x0:', '0x0@', '0x0G', '0x0`', `0x${'00'.repeat(40)}zz`]) {
    expect(() => fromHex(text), text).toThrow('is not hexadecimal text');
  }
});

it('numbers and bytes are each other’s, as by way of text', () => {
  for (const bytes of SAMPLES) {
    const value = bytes.length === 0 ? 0n : BigInt(`0x${noble.bytesToHex(bytes)}`);
    expect(bytesToBigInt(bytes)).toBe(value);
    // A view that begins inside of another array, as most are.
    expect(bytesToBigInt(concatBytes(Uint8Array.of(9), bytes, Uint8Array.of(9)).subarray(1, -1))).toBe(value);
    expect(bigIntToBytes(value, bytes.length)).toEqual(bytes);
    expect(bigIntToBytes(value, bytes.length + 3)).toEqual(concatBytes(new Uint8Array(3), bytes));
    if (value > 0n && bytes[0] !== 0) {
      expect(() => bigIntToBytes(value, bytes.length - 1)).toThrow('a number does not fit its bytes');
    }
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) expect(numberToBytes(Number(value), bytes.length)).toEqual(bytes);
  }
  expect(() => bigIntToBytes(-1n, 4)).toThrow('does not fit its bytes: -1');
  expect(() => numberToBytes(2 ** 53, 8)).toThrow('not a safe unsigned integer');
  expect(() => numberToBytes(-1, 8)).toThrow('not a safe unsigned integer');
  expect(() => numberToBytes(0.5, 8)).toThrow('not a safe unsigned integer');
  expect(() => numberToBytes(256, 1)).toThrow('does not fit its bytes: 256');
});

it('parts are joined in order', () => {
  expect(concatBytes()).toEqual(new Uint8Array(0));
  expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
});
