import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberToBytes } from '@wattchain/core';
import { expect, it } from 'vitest';
import { CommittedReader } from './committedReader.js';
import { openLevelStore } from './levelStore.js';

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
