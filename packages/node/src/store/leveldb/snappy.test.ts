import { isStoreDamaged, textToBytes } from '@wattchain/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decompressSnappy } from './snappy.js';

test('takes literals and copies of every width, overlapping ones too', () => {
  // Length 11, literal "ab", copy of 6 from 2 back (1-byte offset), copy of 2 from 8 back (2-byte offset), literal "!".
  const bytes = Uint8Array.of(11, 0x04, 0x61, 0x62, 0x09, 0x02, 0x06, 0x08, 0x00, 0x00, 0x21);
  expect(decompressSnappy(bytes, 'it')).toEqual(textToBytes('ababababab!'));
});

test('refuses what it cannot be, whatever the bytes are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decompressSnappy(bytes, 'it');
      } catch (error) {
        expect(isStoreDamaged(error)).toBe(true);
      }
    }),
  );
});

test('takes no memory for more than so few bytes can hold', () => {
  expect(() => decompressSnappy(Uint8Array.of(0xff, 0xff, 0xff, 0x0f), 'it')).toThrow(/claims 33554431 bytes/);
  // 64 bytes of one copy after one literal: near the most that there is.
  expect(decompressSnappy(Uint8Array.of(65, 0x00, 0x61, 0xfe, 1, 0), 'it')).toEqual(new Uint8Array(65).fill(0x61));
});
