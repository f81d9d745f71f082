import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byteReader.js';
import { concatBytes, fromHex, type Hex, numberToBytes, toHex } from './bytes.js';
import { ByteWriter } from './byteWriter.js';
import { AssertionFailure, WattchainError } from './error.js';

describe('a writer of bytes', () => {
  it('writes what the parts one after the other are, and a reader reads', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.uint8Array(), fc.maxSafeNat(), fc.uint8Array(), (small, some, large, others) => {
        const writer = new ByteWriter(2 + some.length + 8 + others.length);
        writer.number(small, 2);
        writer.bytes(some);
        writer.number(large, 8);
        writer.hex(toHex(others));
        const written = writer.end();
        expect(written).toEqual(concatBytes(numberToBytes(small, 2), some, numberToBytes(large, 8), others));
        const reader = new ByteReader(written);
        expect([reader.number(2), toHex(reader.take(some.length)), reader.bigInt(8)]).toEqual([
          small,
          toHex(some),
          BigInt(large),
        ]);
      }),
    );
  });

  it('refuses numbers that do not fit, text that is none, and another length than announced', () => {
    for (const value of [256, -1, 0.5, Number.NaN, 2 ** 60]) {
      expect(() => new ByteWriter(8).number(value, 1)).toThrow(AssertionFailure);
    }
    for (const text of ['0x1', '0xzz', '1234', '0x12é4'] as readonly string[]) {
      expect(() => new ByteWriter(8).hex(text as Hex)).toThrow(WattchainError);
    }
    const short = new ByteWriter(3);
    short.number(1, 2);
    expect(() => short.end()).toThrow(AssertionFailure);
    const long = new ByteWriter(1);
    long.hex('0x1234');
    expect(() => long.end()).toThrow(AssertionFailure);
    expect(() => new ByteWriter(1).bytes(fromHex('0x1234'))).toThrow(RangeError);
  });
});
