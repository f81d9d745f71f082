import { type Hex, PUBLISHED_ADDRESSES } from '@wattchain/core';
import { communityClock } from '@wattchain/market';
import fc from 'fast-check';
import { bytesToHex, stringToHex } from 'viem';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../client.js';
import { formatLabel, inWords, parseLabel } from './labels.js';

const badLabel = expect.objectContaining({ code: 'badLabel' });

describe('a label', () => {
  test('is text padded on the right, as viem pads it', () => {
    for (const text of ['node-1', 'invoice 2018-17', 'Zähler Süd', '屋根-7', 'x'.repeat(31)]) {
      expect(parseLabel('--meter', text)).toBe(stringToHex(text, { size: 32 }));
    }
  });

  test('is 64 hexadecimal digits as they are', () => {
    expect(parseLabel('--meter', `0x${'Ab'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`);
  });

  test('has at most 31 bytes, and the error counts them', () => {
    expect(() => parseLabel('--reference', 'x'.repeat(32))).toThrow(/--reference .*has 32 bytes/);
    // 16 letters of two bytes each.
    expect(() => parseLabel('--reference', 'ä'.repeat(16))).toThrow(/has 32 bytes/);
  });

  test.each(['', ' ', ' node-1', 'node-1 ', '0x12', '0X12', 'a\nb', 'a\tb', 'a\u0000b', '\u001b[31mred', 'a\u202eb'])(
    'is not %j',
    (text) => {
      expect(() => parseLabel('--meter', text)).toThrow(badLabel);
    },
  );

  test('is not a lone surrogate, which has no bytes of its own', () => {
    expect(() => parseLabel('--meter', 'a\ud800b')).toThrow(badLabel);
  });
});

describe('32 bytes', () => {
  test('that hold no text, or text that would upset a terminal, are shown as digits', () => {
    const words: Hex[] = [
      `0x${'00'.repeat(32)}`,
      `0x${'61'.repeat(32)}`,
      `0x6100${'62'.repeat(5)}${'00'.repeat(25)}`,
      `0xff${'00'.repeat(31)}`,
      stringToHex('\u001b[2J', { size: 32 }),
      stringToHex('\u202egnorw', { size: 32 }),
      stringToHex('0xabc', { size: 32 }),
      stringToHex('\ufeffnode-1', { size: 32 }),
    ];
    for (const word of words) expect(formatLabel(word)).toBe(word);
  });

  test('come back from what is shown, whatever they are', () => {
    const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes));
    const text = fc.string({ unit: 'binary', maxLength: 8 }).map((value) => stringToHex(value, { size: 32 }));
    fc.assert(
      fc.property(fc.oneof(word, text), (value) => {
        expect(parseLabel('it', formatLabel(value))).toBe(value);
      }),
    );
  });
});

test("sentences of the library are told in this side's words", () => {
  const zone = { kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds: -25_200 }] } as const;
  const connection = { genesis: { testbed: true }, clock: communityClock(zone) } as unknown as Connection;
  const holder = PUBLISHED_ADDRESSES[0] ?? '';
  const stranger = `0x${'fe'.repeat(20)}`;
  const text = `${holder} got ${stringToHex('transfer 1', { size: 32 })} of ${stranger} by 2018-07-04T15:00:00Z, not 0x${'ff'.repeat(32)}.`;
  expect(inWords(connection, text)).toMatch(
    new RegExp(`^testbed:node-1 got "transfer 1" of ${stranger} by 2018-07-04 08:00-07:00, not 0xff+\\.$`, 'i'),
  );
});
