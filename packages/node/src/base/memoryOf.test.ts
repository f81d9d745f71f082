import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ByteMap, concatBytes, numberToBytes } from '@wattchain/core';
import { expect, test } from 'vitest';
import { BoundedMap } from './boundedMap.js';
import { ENTRY_BYTES, memoryOf } from './memoryOf.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use when all garbage is collected. */
function memoryInUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const ENTRIES = 20_000;
const PREFIX = new Uint8Array(29);

// What the allocator keeps of an array outside of the heap is counted and not seen here.
test.each([
  ['nothing', 0, 0.9, 1.2],
  ['32 bytes', 32, 0.8, 1.2],
  ['300 bytes', 300, 0.6, 1.1],
])('entries of %s take what they are said to take', (_, length, least, most) => {
  const before = memoryInUse();
  let said = 0;
  const entries = new BoundedMap<Uint8Array, Uint8Array | null>(Number.POSITIVE_INFINITY, undefined, new ByteMap());
  for (let i = 0; i < ENTRIES; i++) {
    const key = concatBytes(numberToBytes(i, 4), PREFIX);
    const value = length === 0 ? null : new Uint8Array(length);
    entries.set(key, value);
    said += ENTRY_BYTES + memoryOf(key) + (value === null ? 0 : memoryOf(value));
  }
  const taken = memoryInUse() - before;
  expect(entries.size).toBe(ENTRIES);
  expect(taken / said).toBeGreaterThan(least);
  expect(taken / said).toBeLessThan(most);
});
