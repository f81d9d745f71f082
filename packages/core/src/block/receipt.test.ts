import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, type Hex, textToBytes, toHex, ZERO_HASH } from '../bytes.js';
import { merkleRoot } from '../merkle.js';
import { decodeReceipt, encodeReceipt, receiptsRoot } from './receipt.js';
import { FAILURE_CODES, type Receipt } from './types.js';

const hexOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);
const data = fc.uint8Array({ maxLength: 100 });
const receipts: fc.Arbitrary<Receipt> = fc.record({
  gasUsed: fc.maxSafeNat(),
  failure: fc.option(fc.record({ code: fc.constantFrom(...FAILURE_CODES), data })),
  logs: fc.array(fc.record({ address: hexOf(20), topics: fc.array(hexOf(32), { maxLength: 4 }), data }), {
    maxLength: 4,
  }),
});

/** Written by hand from docs/protocol.md. */
const SUCCESS: Receipt = {
  gasUsed: 0xabcd,
  failure: null,
  logs: [
    {
      address: `0x${'aa'.repeat(20)}`,
      topics: [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`],
      data: textToBytes('mWh'),
    },
    { address: `0x${'bb'.repeat(20)}`, topics: [], data: new Uint8Array(0) },
  ],
};
const SUCCESS_HEX: Hex = `0x000000000000abcdff0002${'aa'.repeat(20)}02${'01'.repeat(32)}${'02'.repeat(32)}000000036d5768${'bb'.repeat(20)}0000000000`;
const FAILED: Receipt = { gasUsed: 1, failure: { code: 'outOfGas', data: Uint8Array.of(9, 8) }, logs: [] };
const FAILED_HEX: Hex = '0x000000000000000102000209080000';

describe('a receipt', () => {
  it.each([
    [SUCCESS, SUCCESS_HEX],
    [FAILED, FAILED_HEX],
  ])('equals the vector', (receipt, hex) => {
    expect(toHex(encodeReceipt(receipt))).toBe(hex);
    expect(decodeReceipt(fromHex(hex))).toEqual({ value: receipt });
  });

  it('decodes to itself', () => {
    fc.assert(
      fc.property(receipts, (receipt) => {
        expect(decodeReceipt(encodeReceipt(receipt))).toEqual({ value: receipt });
      }),
    );
  });

  it('refuses every cut, and every byte too many', () => {
    for (const hex of [SUCCESS_HEX, FAILED_HEX]) {
      const bytes = fromHex(hex);
      for (let length = 0; length < bytes.length; length++) {
        expect(decodeReceipt(bytes.subarray(0, length)).fault?.detail).toMatch(/ends early/);
      }
      expect(decodeReceipt(Uint8Array.of(...bytes, 0)).fault?.detail).toBe('1 bytes follow the receipt');
    }
  });

  it('refuses unknown failures, too many topics and gas beyond exact numbers', () => {
    const withByte = (hex: Hex, at: number, byte: number) => {
      const bytes = fromHex(hex);
      bytes[at] = byte;
      return decodeReceipt(bytes).fault?.detail;
    };
    expect(withByte(FAILED_HEX, 8, FAILURE_CODES.length)).toBe(`no failure has the number ${FAILURE_CODES.length}`);
    expect(withByte(SUCCESS_HEX, 31, 5)).toBe('log 0 has 5 topics, at most 4');
    expect(withByte(FAILED_HEX, 0, 1)).toBe('gasUsed is 72057594037927937, below 2^53 is expected');
  });

  it('keeps the numbers of the failures, which are part of consensus', () => {
    expect(FAILURE_CODES).toEqual([
      'revert',
      'panic',
      'outOfGas',
      'noContract',
      'noFunction',
      'badArguments',
      'notPayable',
      'viewViolation',
      'reentrancy',
      'callDepth',
      'insufficientBalance',
      'invalidCode',
      'addressTaken',
      'stackLimit',
      'memoryLimit',
    ]);
  });
});

describe('receiptsRoot', () => {
  it('is the Merkle root of the encoded receipts', () => {
    expect(receiptsRoot([])).toBe(ZERO_HASH);
    expect(receiptsRoot([SUCCESS, FAILED])).toBe(merkleRoot([fromHex(SUCCESS_HEX), fromHex(FAILED_HEX)]));
  });
});
