import { beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  ChainKit,
  TEST_START_MS,
  type TestBlock,
  testGenesis,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { MemoryStore } from '../store/memoryStore.js';
import { COMMIT_KEY } from '../store/schema.js';
import { keyText } from '../store/store.js';
import { Chain } from './chain.js';
import type { HeadEvent } from './types.js';

const LARGEST = `0x${'f'.repeat(64)}`;
const DEVELOPMENT = { firstTarget: LARGEST, testbed: true, development: true };
const genesis = testGenesis(DEVELOPMENT);

let kit: ChainKit;
let store: MemoryStore;
let chain: Chain;
let sent: number;
const events: HeadEvent[] = [];

beforeEach(async () => {
  kit = new ChainKit(genesis);
  store = new MemoryStore();
  chain = await Chain.open({ store, genesis, runtime: new ManualRuntime(TEST_START_MS), log: silentLogger });
  sent = 0;
  events.length = 0;
  chain.on('head', (event) => events.push(event));
});

/** Blocks on `parent`, accepted; the first three have a transfer, as signing takes longer than all the rest. */
async function grow(parent: TestBlock, count: number): Promise<TestBlock[]> {
  const blocks: TestBlock[] = [];
  for (let i = 0; i < count; i++) {
    const at = blocks.at(-1) ?? parent;
    const transactions = i < 3 ? [testTransaction(genesis, ALICE, { nonce: sent++, value: 10n })] : [];
    const block = kit.mine(at, { transactions });
    expect((await chain.acceptBlock(block.header, block.body)).value).toBe('added');
    blocks.push(block);
  }
  return blocks;
}

/** All that is stored but the commit record, which names the head before. */
function content(): Map<string, string> {
  const entries = [...store.entries.values()].map(([key, value]) => [keyText(key), keyText(value)] as const);
  return new Map(entries.filter(([key]) => key !== keyText(COMMIT_KEY)).sort());
}

describe('rewindTo', () => {
  it('leaves the store as it was, also beyond what other chains could undo', async () => {
    const [first] = await grow(kit.genesisBlock, 1);
    const before = content();
    await grow(first as TestBlock, 70);
    await chain.rewindTo((first as TestBlock).hash);
    expect(chain.head.hash).toBe(first?.hash);
    expect(content()).toEqual(before);
  });

  it('lets the same blocks be made again', async () => {
    const [first, second] = (await grow(kit.genesisBlock, 2)) as [TestBlock, TestBlock];
    await chain.rewindTo(first.hash);
    expect(chain.headerByHash(second.hash)).toBeUndefined();
    expect(chain.transactionPlace(second.transactions[0]?.hash ?? '0x')).toBeUndefined();
    expect((await chain.acceptBlock(second.header, second.body)).value).toBe('added');
    expect(chain.head.hash).toBe(second.hash);
  });

  it('tells listeners what left, and the block that it is at again', async () => {
    const blocks = await grow(kit.genesisBlock, 3);
    events.length = 0;
    await chain.rewindTo(blocks[0]?.hash ?? '0x');
    const hashes = (summaries: HeadEvent['added']) => summaries.map(({ record }) => record.hash);
    expect(events).toHaveLength(1);
    expect(hashes(events[0]?.removed ?? [])).toEqual(blocks.map(({ hash }) => hash));
    expect(hashes(events[0]?.added ?? [])).toEqual([blocks[0]?.hash]);
  });

  it('is for development chains, which also keep the state of every block', async () => {
    await grow(kit.genesisBlock, 80);
    expect(chain.stateAt(0)).toBeDefined();
    const runtime = new ManualRuntime(TEST_START_MS);
    const ordinary = await Chain.open({
      store: new MemoryStore(),
      genesis: testGenesis(),
      runtime,
      log: silentLogger,
    });
    await expect(ordinary.rewindTo(ordinary.head.hash)).rejects.toThrow('only a development chain');
  });
});

describe('become', () => {
  it('goes on as the other chain, with its genesis', async () => {
    await grow(kit.genesisBlock, 2);
    const otherGenesis = testGenesis({ ...DEVELOPMENT, name: 'other' });
    const other = new MemoryStore();
    const runtime = new ManualRuntime(TEST_START_MS);
    const opened = await Chain.open({ store: other, genesis: otherGenesis, runtime, log: silentLogger });
    await chain.become(opened);
    expect(chain.genesis.name).toBe('other');
    expect(events.at(-1)).toMatchObject({ head: { hash: otherGenesis.hash }, removed: [] });
    const otherKit = new ChainKit(otherGenesis);
    const transaction = testTransaction(otherGenesis, BOB, { to: ALICE.address });
    const block = otherKit.mine(otherKit.genesisBlock, { transactions: [transaction] });
    expect((await chain.acceptBlock(block.header, block.body)).value).toBe('added');
  });
});
