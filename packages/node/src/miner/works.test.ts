import { assert, encodeBody } from '@wattchain/core';
import { expect, it } from 'vitest';
import { ALICE, ChainKit, MINER, solve, TEST_START_MS, testTransaction } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { NODE_DEFAULTS } from '../config.js';
import { Mempool } from '../mempool/mempool.js';
import { MemoryStore } from '../store/memoryStore.js';
import { buildTemplate } from './template.js';
import { Works } from './works.js';

async function setUp() {
  const kit = new ChainKit();
  const runtime = new ManualRuntime(TEST_START_MS + 60_000);
  const chain = await Chain.open({ store: new MemoryStore(), genesis: kit.genesis, runtime, log: silentLogger });
  const mempool = new Mempool({ chain, config: NODE_DEFAULTS.mempool, runtime, log: silentLogger });
  const built: unknown[] = [];
  const onBuilt = () => built.push(works.current?.template.transactions.length);
  const works = new Works({ chain, mempool, config: { address: MINER.address }, runtime, onBuilt });
  chain.on('head', () => works.onHead());
  const send = (from: number, to: number) => {
    for (let nonce = from; nonce < to; nonce++) mempool.add(testTransaction(kit.genesis, ALICE, { nonce }), 'local');
  };
  return { kit, runtime, chain, works, built, send };
}

it('remembers what the templates on the head did, and only that a stale one was there', async () => {
  const { kit, runtime, chain, works, send } = await setUp();
  send(0, 1);
  const work = () => {
    works.renew();
    return works.current?.sealHash ?? '0x';
  };
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

it('builds a full template in turns with others, goes on with the one before meanwhile, and misses nothing that comes', async () => {
  const { runtime, works, built, send } = await setUp();
  works.renew();
  const empty = works.current;
  expect([empty?.template.transactions.length, built]).toEqual([0, []]);
  send(0, 90);
  works.onTransaction();
  runtime.advance(10_000);
  works.renew();
  works.renew();
  expect(works.current).toBe(empty);
  send(90, 91);
  works.onTransaction();
  await works.built();
  expect(built).toHaveLength(1);
  const full = works.current;
  expect(full?.template.transactions.length).toBeGreaterThanOrEqual(90);
  expect(works.isDue).toBe(false);
  runtime.advance(500);
  expect(works.isDue).toBe(true);
});

it('renews a template in time, whatever somebody does to the clock', async () => {
  const { kit, runtime, works, send } = await setUp();
  works.renew();
  send(0, 1);
  runtime.jumpClock(-3_600_000);
  expect(works.onTransaction()).toBe(kit.genesis.blockIntervalMs / 2);
  expect(works.isDue).toBe(true);
  runtime.jumpClock(7_200_000);
  expect([works.onTransaction(), works.isDue]).toEqual([0, true]);
});

it('gives up a template in the middle when another head comes, and builds on that one', async () => {
  const { kit, chain, works, built, send } = await setUp();
  send(0, 90);
  works.renew();
  const block = kit.mine(kit.genesisBlock);
  await Promise.all([chain.acceptBlock(block.header, block.body), works.built()]);
  expect([works.current, built]).toEqual([undefined, [undefined]]);
  works.renew();
  await works.built();
  expect(works.current?.template.parent.hash).toBe(block.hash);
  expect(works.current?.template.transactions).toHaveLength(90);
});

it('takes an empty template to a later time as it is, and builds anew when there is a transaction', async () => {
  const { runtime, chain, works, send } = await setUp();
  works.renew();
  const first = works.current?.template;
  runtime.advance(10_000);
  works.renew();
  const second = works.current?.template;
  assert(first !== undefined && second !== undefined, 'there are two templates');
  // Nothing was executed, and yet it is what executing gives.
  expect(second.result).toBe(first.result);
  const nowMs = runtime.clock.nowMs();
  expect(second.header.timestampMs).toBe(nowMs);
  expect(second).toEqual(buildTemplate({ chain, candidates: [], miner: MINER.address, nowMs }));
  send(0, 1);
  works.onTransaction();
  runtime.advance(10_000);
  works.renew();
  expect(works.current?.template.transactions).toHaveLength(1);
  const { value } = await chain.acceptBlock(solve(second.header), encodeBody([]), 'miner', second);
  expect(value).toBe('added');
});
