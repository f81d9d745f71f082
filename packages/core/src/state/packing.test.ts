import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../bytes.js';
import { encodeAccount, encodeWord } from './account.js';
import { MAX_PACKED_BYTES, packValueInto, unpackValue } from './packing.js';

/** A value packed behind other bytes, which stay. */
function packValue(value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(3 + MAX_PACKED_BYTES).fill(0xee);
  const end = packValueInto(value, bytes, 3);
  expect(bytes.subarray(0, 3)).toEqual(Uint8Array.of(0xee, 0xee, 0xee));
  return bytes.slice(3, end);
}

/** Bytes of which many are zeros. */
const sparse = fc
  .array(fc.oneof(fc.constant(0), fc.nat(255)), { maxLength: 253 })
  .map((bytes) => Uint8Array.from(bytes));

describe('a packed value', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(fc.oneof(sparse, fc.uint8Array({ maxLength: 253 })), (value) => {
        const packed = packValue(value);
        expect(packed.length).toBeLessThanOrEqual(value.length + 2);
        expect(unpackValue(packed)).toEqual(value);
      }),
    );
    expect(unpackValue(packValue(new Uint8Array(253)))).toEqual(new Uint8Array(253));
    expect(() => packValue(new Uint8Array(254))).toThrow('state tree: 254');
  });

  it.each([
    ['0x', '0x'],
    ['0x07', '0x000107'],
    ['0x000007', '0x020107'],
    ['0x07000008', '0x000407000008'],
    ['0x0700000008', '0x000107030108'],
    ['0x0700', '0x00020700'],
    ['0x07000000', '0x0001070300'],
    ['0x000000', '0x0300'],
  ])('of %s is %s', (value, packed) => {
    expect(toHex(packValue(fromHex(value)))).toBe(packed);
    expect(toHex(unpackValue(fromHex(packed)))).toBe(value);
  });

  it('of an account and of a word has few bytes', () => {
    const account = encodeAccount({ nonce: 300, balance: 10n ** 21n, codeHash: null });
    expect(packValue(account).length).toBe(15);
    expect(packValue(encodeWord(5n) ?? new Uint8Array(0)).length).toBe(3);
    const full = new Uint8Array(32).fill(9);
    expect(packValue(full).length).toBe(34);
  });

  it.each([
    ['a run without its second number', '0x03'],
    ['fewer bytes than it says', '0x00020700'.slice(0, 8)],
    ['more than 253 bytes', '0xff00ff00'],
  ])('with %s is damage', (_, packed) => {
    expect(() => unpackValue(fromHex(packed))).toThrowError(expect.objectContaining({ code: 'storeDamaged' }));
  });
});
