import { fromHex, toHex } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkEnvelope,
  decodeEnvelope,
  type EnvelopeValue,
  encodeEnvelope,
  MAX_DEPTH,
  MAX_VALUES,
} from './envelope.js';

const values = fc.letrec<{ value: EnvelopeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: MAX_DEPTH - 1 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeNat(),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 5 }),
  ),
})).value;

describe('envelope', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(values, (value) => {
        const { value: back, fault } = decodeEnvelope(encodeEnvelope(value));
        expect(fault).toBeUndefined();
        expect(back).toEqual(value);
      }),
    );
  });

  it('takes no bytes but those it writes', () => {
    const lead = fc.constantFrom(0xa1, 0xc4, 0xc5, 0xc6, 0xcc, 0xcd, 0xce, 0xd3, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0x91);
    const bytes = fc.tuple(lead, fc.array(fc.constantFrom(0, 1, 2, 0x7f, 0xff), { maxLength: 9 }));
    let taken = 0;
    fc.assert(
      fc.property(bytes, ([first, rest]) => {
        const input = Uint8Array.from([first, ...rest]);
        const { value, fault } = decodeEnvelope(input);
        if (fault) return;
        taken += 1;
        expect(encodeEnvelope(value)).toEqual(input);
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  // Bytes from the MessagePack specification, https://github.com/msgpack/msgpack/blob/master/spec.md
  it.each<[string, EnvelopeValue]>([
    ['0xc0', null],
    ['0xc3', true],
    ['0x7f', 127],
    ['0xcc80', 128],
    ['0xcd0100', 256],
    ['0xce00010000', 65_536],
    ['0xd3001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['0xa26869', 'hi'],
    ['0xc403010203', Uint8Array.of(1, 2, 3)],
    ['0x93010203', [1, 2, 3]],
    ['0x919107', [[7]]],
  ])('reads %s', (hex, value) => {
    expect(decodeEnvelope(fromHex(hex)).value).toEqual(value);
  });

  it.each([
    ['0x', 'it ends early'],
    ['0xcd01', '2 bytes do not fit the bytes left'],
    ['0xc0c0', '1 bytes follow the end'],
    ['0xc6ffffffff00', '4294967295 bytes do not fit the bytes left'],
    ['0xdd01ffffff', 'an array of 33554431 values does not fit the bytes left'],
    ['0xd30020000000000000', 'a number is not below 2^53'],
    ['0xd3ffffffffffffffff', 'a number is not below 2^53'],
    ['0xff', 'type 0xff is not used'], // negative
    ['0x80', 'type 0x80 is not used'], // map
    ['0xcb3ff0000000000000', 'type 0xcb is not used'], // float
    ['0xd40000', 'type 0xd4 is not used'], // extension: msgpackr's undefined
    ['0xc70101ff', 'type 0xc7 is not used'], // extension
    ['0xc1', 'type 0xc1 is not used'],
    // Another encoding of what has a shorter one, or the one that is ours.
    ['0xcc7f', '127 stands in more bytes than it needs'],
    ['0xcd00ff', '255 stands in more bytes than it needs'],
    ['0xce0000ffff', '65535 stands in more bytes than it needs'],
    ['0xd300000000ffffffff', 'a number stands in more bytes than it needs'],
    ['0xcf0010000000000000', 'type 0xcf is not used'],
    ['0xc5000101', '1 stands in more bytes than it needs'],
    ['0xc60000000101', '1 stands in more bytes than it needs'],
    ['0xd90161', '1 stands in more bytes than it needs'],
    ['0xda000161', '1 stands in more bytes than it needs'],
    ['0xdb0000000161', '1 stands in more bytes than it needs'],
    ['0xdc00019107', '1 stands in more bytes than it needs'],
    ['0xdd0000000107', '1 stands in more bytes than it needs'],
    ['0xa180', 'a text is not UTF-8'],
    ['0xa2c080', 'a text is not UTF-8'],
  ])('refuses %s: %s', (hex, detail) => {
    expect(decodeEnvelope(fromHex(hex)).fault).toMatchObject({ code: 'messageEnvelope', detail });
  });

  it('limits depth and number of values', () => {
    const nested = (depth: number) => fromHex(`0x${'91'.repeat(depth)}00`);
    expect(checkEnvelope(nested(MAX_DEPTH))).toBeUndefined();
    expect(checkEnvelope(nested(MAX_DEPTH + 1))?.code).toBe('messageEnvelope');
    expect(checkEnvelope(nested(100_000))?.code).toBe('messageEnvelope');
    const flat = (count: number) => fromHex(`0xdc${count.toString(16).padStart(4, '0')}${'c0'.repeat(count)}`);
    expect(checkEnvelope(flat(MAX_VALUES - 1))).toBeUndefined();
    expect(checkEnvelope(flat(MAX_VALUES))?.code).toBe('messageEnvelope');
  });

  it('survives random bytes, and never yields more bytes than came in', () => {
    const lead = fc.constantFrom(0xc4, 0xc5, 0xc6, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0x92, 0x9f, 0xd4, 0xc7, 0xde, 0xcf);
    const bytes = fc
      .tuple(fc.array(lead, { maxLength: 4 }), fc.uint8Array({ maxLength: 64 }))
      .map(([leads, rest]) => Uint8Array.from([...leads, ...rest]));
    fc.assert(
      fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 64 })), (input) => {
        const { value, fault } = decodeEnvelope(input);
        if (!fault) expect(sizeOf(value)).toBeLessThanOrEqual(input.length);
      }),
      { numRuns: 5_000 },
    );
  });

  it('survives messages with a byte changed', () => {
    const message = encodeEnvelope([1, 'two', new Uint8Array(40), [300, null, ['x'.repeat(50)]], 2 ** 40]);
    fc.assert(
      fc.property(fc.nat(message.length - 1), fc.nat(255), (position, byte) => {
        const changed = message.slice();
        changed[position] = byte;
        const { value, fault } = decodeEnvelope(changed);
        if (!fault) expect(sizeOf(value)).toBeLessThanOrEqual(changed.length);
      }),
      { numRuns: 3_000 },
    );
  });

  it('hands out bytes of their own', () => {
    const message = encodeEnvelope([Uint8Array.of(1, 2, 3)]);
    const [bytes] = decodeEnvelope(message).value as [Uint8Array];
    message.fill(0);
    expect(toHex(bytes)).toBe('0x010203');
    expect(bytes.constructor).toBe(Uint8Array);
    expect(bytes.buffer.byteLength).toBe(3);
  });
});

/** Bytes of content; every value takes at least one byte of input. */
function sizeOf(value: EnvelopeValue | undefined): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 0);
  if (value instanceof Uint8Array) return value.length;
  return typeof value === 'string' ? value.length : 1;
}
