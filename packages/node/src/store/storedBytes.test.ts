import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoredBytes, writeSmallNumber } from './storedBytes.js';

/** A number behind another byte, alone. */
function smallNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  return bytes.slice(1, writeSmallNumber(value, bytes, 1));
}

it('a small number comes back from as few bytes as it needs', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 49 - 1), (value) => {
      const stored = new StoredBytes(smallNumber(value), 'it');
      expect(stored.small()).toBe(value);
      expect(stored.isAtEnd).toBe(true);
    }),
  );
  expect([0, 127, 128, 16_383, 16_384, 2 ** 49 - 1].map((value) => smallNumber(value).length)).toEqual([
    1, 1, 2, 2, 3, 7,
  ]);
  expect(() => smallNumber(2 ** 49)).toThrow();
});

it('a number that is cut off or does not end is damage', () => {
  expect(() => new StoredBytes(Uint8Array.of(0x80), 'it').small()).toThrow(/it is cut off/);
  expect(() => new StoredBytes(new Uint8Array(9).fill(0x80), 'it').small()).toThrow(/without an end/);
});

it('a number that is longer than it needs is damage', () => {
  for (const bytes of [Uint8Array.of(0x80, 1), Uint8Array.of(0x80, 0), Uint8Array.of(0x80, 0x80, 5)]) {
    expect(() => new StoredBytes(bytes, 'it').small()).toThrow(/longer than it needs/);
  }
});
