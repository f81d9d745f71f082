import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ByteMap, HASH_TABLE_WORDS, hashBytes, useHashTable } from './byteMap.js';
import { toHex } from './bytes.js';

const keys = fc.oneof(
  fc.uint8Array({ maxLength: 2 }),
  fc.uint8Array({ maxLength: 3, max: 1 }),
  fc.uint8Array({ minLength: 60, maxLength: 130, max: 1 }),
);
const steps = fc.array(
  fc.tuple(fc.constantFrom('set', 'delete', 'get'), keys, fc.option(fc.nat(9), { nil: undefined })),
  {
    maxLength: 120,
  },
);

/** Does the same to a map of bytes and to one of text. */
function requireTwins(list: readonly (readonly [string, Uint8Array, number | undefined])[]): void {
  const map = new ByteMap<number | undefined>();
  const twin = new Map<string, number | undefined>();
  for (const [step, key, value] of list) {
    if (step === 'set') {
      map.set(key, value);
      twin.set(toHex(key), value);
    }
    if (step === 'delete') {
      expect(map.delete(key)).toBe(twin.delete(toHex(key)));
    }
    // As another array with the same bytes.
    expect([map.has(key.slice()), map.get(key.slice())]).toEqual([twin.has(toHex(key)), twin.get(toHex(key))]);
    expect(map.size).toBe(twin.size);
  }
  expect([...map.entries()].map(([key, value]) => [toHex(key), value])).toEqual([...twin]);
  expect(map.values()).toEqual([...twin.values()]);
}

describe('ByteMap', () => {
  const usual = Uint32Array.from({ length: HASH_TABLE_WORDS }, (_, i) => Math.imul(i, 2_654_435_761));
  afterEach(() => useHashTable(usual));

  it('is a Map by the bytes of its keys', () => {
    fc.assert(fc.property(steps, requireTwins));
  });

  it('is one also where all keys fall on one place', () => {
    useHashTable(new Uint32Array(HASH_TABLE_WORDS));
    fc.assert(fc.property(steps, requireTwins), { numRuns: 30 });
  });

  it('keeps to the table that it was made with', () => {
    const map = new ByteMap<number>();
    map.set(Uint8Array.of(1), 1);
    useHashTable(new Uint32Array(HASH_TABLE_WORDS));
    expect(map.get(Uint8Array.of(1))).toBe(1);
  });

  it('has no two long keys for one place that anybody could name beforehand', () => {
    // Bytes that change places at a distance of a row, or of many, would leave a sum over rows as it is.
    const table = new Uint32Array(HASH_TABLE_WORDS).map((_, i) => Math.imul(i + 1, 2_654_435_761) ^ (i << 7));
    for (const distance of [64, 60, 120, 128, 1_920, 2_048]) {
      const hashes = new Set<number>();
      for (let i = 0; i < 200; i++) {
        const key = new Uint8Array(4_096);
        key[i] = 1;
        key[i + distance] = 2;
        const changed = key.map((byte) => (byte === 0 ? 0 : 3 - byte));
        hashes.add(hashBytes(key, table)).add(hashBytes(changed, table));
      }
      expect(hashes.size).toBe(400);
    }
  });

  it('grows and gives the room of deleted keys away', () => {
    const keyOf = (i: number) => Uint8Array.of(i >> 16, i >> 8, i);
    const map = new ByteMap<number>();
    for (let i = 0; i < 5_000; i++) map.set(keyOf(i), i);
    for (let i = 0; i < 5_000; i++) if (i % 7 !== 0) map.delete(keyOf(i));
    for (let i = 5_000; i < 9_000; i++) map.set(keyOf(i), i);
    const expected = Array.from({ length: 9_000 }, (_, i) => i).filter((i) => i >= 5_000 || i % 7 === 0);
    expect(map.values()).toEqual(expected);
    expect(expected.every((i) => map.get(keyOf(i)) === i)).toBe(true);
  });
});
