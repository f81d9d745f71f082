import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberToBytes } from '@wattchain/core';
import { expect, it } from 'vitest';
import { CommittedReader } from './committedReader.js';
import { openLevelStore } from './levelStore.js';
import { MemoryStore } from './memoryStore.js';

it('lets others have their turn while it writes much, and shows them the old values until all are written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wattchain-reader-'));
  const store = await openLevelStore(folder);
  try {
    const reader = new CommittedReader(store, 0);
    // Some of a kind that nothing is computed for.
    const keys = Array.from({ length: 1_200 }, (_, i) => Uint8Array.of(0x6e, ...numberToBytes(i, 4)));
    const valuesOf = (value: number) => keys.map((key) => ({ key, value: Uint8Array.of(value) }));
    await reader.commit(valuesOf(1));
    const seen: (number | undefined)[][] = [];
    const look = () => {
      seen.push([0, -1].map((place) => reader.get(keys.at(place) as Uint8Array)?.[0]));
      next = setImmediate(look);
    };
    let next = setImmediate(look);
    const held = reader.snapshot();
    await reader.commit(valuesOf(2));
    clearImmediate(next);
    // Two turns for reading what was there, two for what is to be there.
    expect(seen.length).toBeGreaterThanOrEqual(4);
    for (const values of seen) expect(values).toEqual([1, 1]);
    for (const key of keys) expect([reader.get(key), held.get(key)]).toEqual([Uint8Array.of(2), Uint8Array.of(1)]);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});

it('keeps as much of what was read as takes the memory that it is given, and no entry goes before it must', async () => {
  const maxBytes = 1024 * 1024;
  let reads = 0;
  const store = new MemoryStore();
  store.get = () => {
    reads += 1;
    return new Uint8Array(32);
  };
  const reader = new CommittedReader(store, maxBytes);
  const key = (i: number) => Uint8Array.of(0x6e, ...numberToBytes(i, 4));
  const count = 8_000;
  for (let i = 0; i < count; i++) reader.get(key(i));
  expect(reads).toBe(count);
  // From the newest on: each is there until the first that is not.
  let kept = 0;
  for (; kept < count; kept++) {
    reader.get(key(count - 1 - kept));
    if (reads > count) break;
  }
  // An entry of such a key and value takes a little more than half a kilobyte.
  expect(kept).toBeGreaterThan(maxBytes / 600);
  expect(kept).toBeLessThan(maxBytes / 480);
  // One more takes the place of one.
  expect(reader.get(key(count - kept + 1))).toBeDefined();
  expect(reads).toBe(count + 1);
});
