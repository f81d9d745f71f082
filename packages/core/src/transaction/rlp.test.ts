import { decodeRlp as ethersDecode, encodeRlp as ethersEncode } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, textToBytes, toHex } from '../bytes.js';
import { decodeRlp, encodeRlp, encodeRlpNumber, type RlpItem } from './rlp.js';

const { item: items } = fc.letrec<{ item: RlpItem; list: RlpItem[]; bytes: Uint8Array }>((tie) => ({
  bytes: fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ minLength: 250, maxLength: 300 })),
  list: fc.array(tie('item'), { maxLength: 6 }),
  item: fc.oneof({ depthSize: 'small', maxDepth: 6 }, tie('bytes'), tie('list')),
}));

type HexItem = string | HexItem[];
const toHexItem = (item: RlpItem): HexItem => (item instanceof Uint8Array ? toHex(item) : item.map(toHexItem));
const nested = (depth: number): RlpItem => (depth === 0 ? [] : [nested(depth - 1)]);

describe('encodeRlp', () => {
  // The examples of ethereum.org's specification of RLP.
  const LOREM = 'Lorem ipsum dolor sit amet, consectetur adipisicing elit';
  it.each<[string, RlpItem, string]>([
    ['"dog"', textToBytes('dog'), '0x83646f67'],
    ['["cat", "dog"]', [textToBytes('cat'), textToBytes('dog')], '0xc88363617483646f67'],
    ['""', new Uint8Array(0), '0x80'],
    ['[]', [], '0xc0'],
    ['byte 0', Uint8Array.of(0), '0x00'],
    ['byte 15', Uint8Array.of(15), '0x0f'],
    ['1024', Uint8Array.of(4, 0), '0x820400'],
    ['[[], [[]], [[], [[]]]]', [[], [[]], [[], [[]]]], '0xc7c0c1c0c3c0c1c0'],
    ['56 bytes', textToBytes(LOREM), `0xb838${toHex(textToBytes(LOREM)).slice(2)}`],
  ])('encodes %s', (_, item, expected) => {
    expect(toHex(encodeRlp(item))).toBe(expected);
    expect(decodeRlp(fromHex(expected))).toEqual({ value: item });
  });

  it('agrees with ethers, both ways', () => {
    fc.assert(
      fc.property(items, (item) => {
        const encoded = encodeRlp(item);
        expect(toHex(encoded)).toBe(ethersEncode(toHexItem(item)));
        expect(decodeRlp(encoded)).toEqual({ value: item });
      }),
    );
  });
});

describe('decodeRlp', () => {
  it.each([
    ['0x', 'an item is missing at byte 0'],
    ['0x8100', 'the byte at 1 stands for itself and must have no prefix'],
    ['0x817f', 'the byte at 1 stands for itself and must have no prefix'],
    ['0x83646f', 'the item at byte 0 needs 3 bytes, 2 are left'],
    ['0x83646f6767', '1 bytes follow the item'],
    ['0xc0c0', '1 bytes follow the item'],
    [`0xb837${'01'.repeat(55)}`, 'the length at byte 0 is not in its shortest form'],
    ['0xf800', 'the length at byte 0 starts with a zero'],
    [`0xf801${'01'}`, 'the length at byte 0 is not in its shortest form'],
    [`0xb90038${'01'.repeat(56)}`, 'the length at byte 0 starts with a zero'],
    ['0xb9ff', 'the length at byte 0 is cut off'],
    ['0xb8', 'the length at byte 0 is cut off'],
    [`0xbb7fffffff`, 'the item at byte 0 needs 2147483647 bytes, 0 are left'],
    [`0xbfffffffffffffffff`, 'the length at byte 0 exceeds the input'],
    [`0xffffffffffffffffff`, 'the length at byte 0 exceeds the input'],
    ['0xc2c1', 'the item at byte 0 needs 2 bytes, 1 are left'],
    ['0xc2c200', 'the item at byte 1 needs 2 bytes, 1 are left'],
    ['0xc483646f', 'the item at byte 0 needs 4 bytes, 3 are left'],
    ['0xc28364', 'the item at byte 1 needs 3 bytes, 1 are left'],
  ])('refuses %s', (hex, detail) => {
    expect(decodeRlp(fromHex(hex))).toEqual({ fault: { detail } });
  });

  it('refuses to nest without end', () => {
    expect(decodeRlp(encodeRlp(nested(15))).fault).toBeUndefined();
    expect(decodeRlp(encodeRlp(nested(16))).fault?.detail).toBe('lists are nested deeper than 16');
    // 20,000 lists, each holding all the rest: one call a level would exhaust the stack.
    const size = 60_000;
    const bomb = Uint8Array.from({ length: size }, (_, i) => {
      const rest = size - (i - (i % 3)) - 3;
      return [0xf9, rest >> 8, rest & 0xff][i % 3] as number;
    });
    expect(decodeRlp(bomb).fault?.detail).toBe('lists are nested deeper than 16');
  });

  it('accepts bytes only when they are the one encoding of what it reads', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), shortPrefixes()), (bytes) => {
        const decoded = decodeRlp(bytes);
        if (decoded.fault) return;
        expect(toHex(encodeRlp(decoded.value))).toBe(toHex(bytes));
        expect(toHexItem(decoded.value)).toEqual(ethersDecode(toHex(bytes)));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('encodeRlpNumber', () => {
  it.each<[bigint | number, string]>([
    [0, '0x'],
    [1n, '0x01'],
    [127, '0x7f'],
    [255n, '0xff'],
    [256, '0x0100'],
    [2n ** 256n - 1n, `0x${'ff'.repeat(32)}`],
  ])('of %s is %s', (value, expected) => {
    expect(toHex(encodeRlpNumber(value))).toBe(expected);
  });
});

/** Bytes that are prefixes more often than chance would have it. */
function shortPrefixes(): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof(
    fc.constantFrom(0, 0x7f, 0x80, 0x81, 0x82, 0xb7, 0xb8, 0xb9, 0xc0, 0xc1, 0xc2, 0xf7, 0xf8),
    fc.nat(255),
  );
  return fc.array(byte, { maxLength: 12 }).map((bytes) => Uint8Array.from(bytes));
}
