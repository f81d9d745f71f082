import type { KeyValueReader } from '@wattchain/core';
import { expect, it } from 'vitest';
import { ChainKit } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { CommittedReader } from '../store/committedReader.js';
import { MemoryStore } from '../store/memoryStore.js';
import { Chain } from './chain.js';
import { ChainIndex } from './chainIndex.js';
import { DamageWatch } from './damageWatch.js';
import { requireNoHoles } from './holes.js';

it('reads the newest blocks in pieces of some, between which others get their turn', async () => {
  const kit = new ChainKit();
  const { genesis } = kit;
  const blocks = kit.mineMany(kit.genesisBlock, 200);
  const store = new MemoryStore();
  const runtime = new ManualRuntime((blocks.at(-1)?.header.timestampMs ?? 0) + 1);
  const chain = await Chain.open({ store, genesis, runtime, log: silentLogger });
  for (const { header, body } of blocks) await chain.acceptBlock(header, body);

  let bodies = 0;
  const counting: KeyValueReader = {
    get: (key) => {
      if (String.fromCharCode(key[0] as number) === 'b') bodies++;
      return store.get(key);
    },
  };
  const index = new ChainIndex(new CommittedReader(store, 0), genesis, new DamageWatch(silentLogger));
  const pieces = requireNoHoles(counting, index, genesis, chain.head);
  const counts: number[] = [];
  for (let isDone = false; !isDone; ) {
    bodies = 0;
    isDone = pieces.next().done === true;
    counts.push(bodies);
  }
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(201);
  expect(Math.max(...counts)).toBeLessThanOrEqual(64);
  await chain.close();
});
