import { describe, expect, it } from 'vitest';
import { ByteReader } from './byteReader.js';

describe('ByteReader', () => {
  it('reads fields in order', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    expect(reader.number(2)).toBe(0x0102);
    expect(reader.bigInt(3)).toBe(0x030405n);
    expect(reader.bytesLeft).toBe(2);
    expect(reader.take(2)).toEqual(Uint8Array.of(6, 7));
    expect([reader.isShort, reader.bytesLeft]).toEqual([false, 0]);
    expect(reader.take(0)).toHaveLength(0);
    expect(reader.isShort).toBe(false);
  });

  it('gives nothing from the first field beyond the end on', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    expect(reader.take(2 ** 32 - 1)).toHaveLength(0);
    expect(reader.isShort).toBe(true);
    expect([reader.number(1), reader.bigInt(1)]).toEqual([0, 0n]);
    expect(reader.isShort).toBe(true);
  });
});
