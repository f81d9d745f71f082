import { expect, it } from 'vitest';
import { numberToBytes } from '../bytes.js';
import { GroupHashes } from './groupHashes.js';

const key = (index: number) => numberToBytes(index, 4);

it('gives hashes away once, for the very array that they were kept for', () => {
  const kept = new GroupHashes();
  const [record, hashes] = [Uint8Array.of(1), Uint8Array.of(2)];
  kept.keep(key(1), record, hashes);
  expect(kept.take(key(2), record)).toBeUndefined();
  expect(kept.take(key(1), record)).toBe(hashes);
  expect(kept.take(key(1), record)).toBeUndefined();
  kept.keep(key(1), record, hashes);
  // An equal one may be another block's, or changed since it was read.
  expect(kept.take(key(1), record.slice())).toBeUndefined();
  expect(kept.take(key(1), record)).toBe(hashes);
});

it('forgets what was not used lately', () => {
  const kept = new GroupHashes();
  const records = Array.from({ length: 20_000 }, (_, index) => key(index));
  for (const [index, record] of records.entries()) kept.keep(key(index), record, record);
  const known = records.filter((record, index) => kept.take(key(index), record) !== undefined);
  expect(known.length).toBeGreaterThanOrEqual(4_096);
  expect(known.length).toBeLessThanOrEqual(2 * 4_096);
  expect(known).toEqual(records.slice(-known.length));
});
