/** A node whose store lost something, among whole ones: nobody takes it for a liar, and it blames nobody. */
import { accountKey, groupKey, treeKey } from '@wattchain/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChainKit, crowdedGenesis, MINER, TEST_START_MS, type TestBlock } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { type NetNode, NetworkKit, untilHandshakes, untilHead } from '../../testing/networkKit.js';
import { silentLogger } from '../base/log.js';
import { Chain } from '../chain/chain.js';
import { MemoryStore } from '../store/memoryStore.js';
import { bodyKey } from '../store/schema.js';
import { consequenceOf } from './faultPolicy.js';

/** Opening reads the topmost record of the state tree and keeps it in memory, so harm is done below it. */
const kit = new ChainKit(crowdedGenesis());
const blocks = kit.mineMany(kit.genesisBlock, 10);
const third = blocks[2] as TestBlock;
const tip = blocks[9] as TestBlock;

let net: NetworkKit;
let blamed: string[];

beforeEach(() => {
  net = new NetworkKit();
  blamed = [];
});
afterEach(() => net.stop());

/** Faults that cost a peer something. */
function watch(name: string, { network }: NetNode): void {
  network.on('penalised', ({ fault, sentence }) => {
    if (sentence !== 'none' || consequenceOf(fault).penalty > 0) blamed.push(`${name}: ${fault.code}`);
  });
}

/** A node that has the blocks and loses something of them while it runs. */
async function startDamaged(key: Uint8Array, peers: readonly NetNode[] = []): Promise<NetNode> {
  const store = new MemoryStore();
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  const chain = await Chain.open({ store, genesis: kit.genesis, runtime, log: silentLogger });
  for (const { header, body } of blocks) await chain.acceptBlock(header, body);
  // Opened anew by the node, so that it has nothing in memory.
  const node = await net.start({ kit, store, peers: peers.map(({ address }) => address) });
  await store.batch([{ key, value: undefined }]);
  return node;
}

it('a body that cannot be read comes from somebody else, and whoever lost it keeps its place', async () => {
  const damaged = await startDamaged(bodyKey(third.hash));
  const whole = await net.start({ kit, blocks });
  const fresh = await net.start({ kit, peers: [damaged.address, whole.address] });
  watch('fresh', fresh);
  watch('damaged', damaged);
  await untilHandshakes([fresh], 2);
  await untilHead([fresh], tip);
  expect(blamed).toEqual([]);
  expect(fresh.network.handshakes).toBe(2);
  expect(() => damaged.chain.bodyBytes(third.hash)).toThrow(/damaged/);
});

it('a node that cannot execute the next block takes none, and blames neither its peers nor the block', async () => {
  const whole = await net.start({ kit, blocks });
  // Every block pays the miner.
  const damaged = await startDamaged(groupKey(4, treeKey(accountKey(MINER.address))), [whole]);
  watch('damaged', damaged);
  watch('whole', whole);
  await untilHandshakes([damaged, whole], 1);
  const stopped = new Promise<void>((resolve) => {
    damaged.network.on('head', () => damaged.chain.damage?.stopped && resolve());
    damaged.sync.peerChains.on('change', () => damaged.chain.damage?.stopped && resolve());
  });
  const next = kit.mine(tip);
  await whole.accept(next);
  await stopped;
  expect(damaged.chain.head.hash).toBe(tip.hash);
  expect(damaged.chain.isInvalid(next.hash)).toBe(false);
  expect(damaged.sync.warnings().map(({ code }) => code)).toContain('storeDamaged');
  expect(blamed).toEqual([]);
  expect([damaged.network.handshakes, whole.network.handshakes]).toEqual([1, 1]);
});
