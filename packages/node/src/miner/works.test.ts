import { expect, it } from 'vitest';
import { ALICE, ChainKit, MINER, TEST_START_MS, testTransaction } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { NODE_DEFAULTS } from '../config.js';
import { Mempool } from '../mempool/mempool.js';
import { MemoryStore } from '../store/memoryStore.js';
import { Works } from './works.js';

it('remembers what the templates on the head did, and only that a stale one was there', async () => {
  const kit = new ChainKit();
  const runtime = new ManualRuntime(TEST_START_MS + 60_000);
  const chain = await Chain.open({ store: new MemoryStore(), genesis: kit.genesis, runtime, log: silentLogger });
  const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log: silentLogger });
  const works = new Works({ chain, mempool, config: { address: MINER.address }, runtime });
  chain.on('head', () => works.onHead());
  mempool.add(testTransaction(kit.genesis, ALICE), 'local');
  const work = () => works.current()?.sealHash ?? '0x';
  const first = work();
  runtime.advance(10_000);
  const second = work();
  expect(second).not.toBe(first);
  expect([first, second].map((hash) => works.find(hash)?.result?.gasUsed)).toEqual([21_000, 21_000]);

  const block = kit.mine(kit.genesisBlock);
  await chain.acceptBlock(block.header, block.body);
  expect([first, second].map((hash) => works.find(hash)?.result)).toEqual([undefined, undefined]);
  expect([first, second].map((hash) => works.find(hash)?.parent.hash)).toEqual([kit.genesis.hash, kit.genesis.hash]);
  expect(works.find(work())?.result?.gasUsed).toBe(21_000);
});
