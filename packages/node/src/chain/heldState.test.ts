import { accountKey, type KeyValueReader, runToEnd, toHex } from '@wattchain/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { ALICE, BOB, ChainKit, MINER, TEST_START_MS, type TestBlock, testGenesis } from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { MAX_SNAPSHOT_COMMITS } from '../store/committedReader.js';
import { MemoryStore } from '../store/memoryStore.js';
import type { Store } from '../store/store.js';
import { Chain } from './chain.js';

const LARGEST = `0x${'f'.repeat(64)}`;

let kit: ChainKit;
let runtime: ManualRuntime;
let chain: Chain;
beforeEach(async () => {
  await open(new MemoryStore());
});

async function open(store: Store): Promise<void> {
  const genesis = testGenesis({ firstTarget: LARGEST, testbed: true, development: true });
  kit = new ChainKit(genesis);
  runtime = new ManualRuntime(TEST_START_MS);
  chain = await Chain.open({ store, genesis, runtime, log: silentLogger });
}

async function accept(...blocks: TestBlock[]): Promise<void> {
  for (const block of blocks) {
    runtime.advance(Math.max(0, block.header.timestampMs - runtime.clock.nowMs()));
    expect((await chain.acceptBlock(block.header, block.body)).fault).toBeUndefined();
  }
}

/** Blocks that pay different people, so that every branch has balances of its own. */
function branch(parent: TestBlock, count: number, miner: `0x${string}`): TestBlock[] {
  const blocks: TestBlock[] = [];
  for (let i = 0; i < count; i++) blocks.push(kit.mine(blocks.at(-1) ?? parent, { miner }));
  return blocks;
}

const hold = (block: TestBlock): KeyValueReader => runToEnd(chain.heldStateAt(block.hash)) as KeyValueReader;
const balances = (state: KeyValueReader) =>
  [MINER, ALICE, BOB].map(({ address }) => toHex(state.get(accountKey(address)) ?? new Uint8Array()));

describe('a held state', () => {
  test('of the head and of older blocks answers the same through blocks, reorganisations and a rewind', async () => {
    const trunk = branch(kit.genesisBlock, 6, MINER.address);
    await accept(...trunk);
    const held = [kit.genesisBlock, ...trunk].map((block) => ({ block, state: hold(block) }));
    const check = () => {
      for (const { block, state } of held) {
        expect(balances(state), `block ${block.header.height}`).toEqual(balances(kit.stateAfter(block)));
      }
    };
    check();
    await accept(kit.mine(trunk[5] as TestBlock, { miner: ALICE.address }));
    check();
    // Takes away the newest five, of which four are held.
    const other = branch(trunk[1] as TestBlock, 7, BOB.address);
    await accept(...other);
    expect(chain.head.hash).toBe(other.at(-1)?.hash);
    check();
    held.push({ block: other[6] as TestBlock, state: hold(other[6] as TestBlock) });
    await chain.rewindTo((other[2] as TestBlock).hash);
    check();
    await accept(...branch(other[2] as TestBlock, 3, ALICE.address));
    check();
  });

  test('does not see a commit that is on its way, nor half of one', async () => {
    const store = new MemoryStore();
    let finish: () => void = () => {};
    let isSlow = false;
    const slow: Store = {
      get: (key) => store.get(key),
      iterate: (prefix, options) => store.iterate(prefix, options),
      close: () => store.close(),
      batch: async (writes) => {
        await store.batch(writes);
        if (isSlow) await new Promise<void>((resolve) => (finish = resolve));
      },
    };
    await open(slow);
    const [first, second] = branch(kit.genesisBlock, 2, MINER.address) as [TestBlock, TestBlock];
    await accept(first);
    const before = hold(first);
    isSlow = true;
    const accepting = accept(second);
    await new Promise((resolve) => setImmediate(resolve));
    const during = hold(first);
    expect(chain.head.hash).toBe(first.hash);
    finish();
    await accepting;
    for (const state of [before, during]) expect(balances(state)).toEqual(balances(kit.stateAfter(first)));
    expect(balances(hold(second))).toEqual(balances(kit.stateAfter(second)));
  });

  test('that is put together in pieces belongs to the moment of its first', async () => {
    const trunk = branch(kit.genesisBlock, 5, MINER.address);
    await accept(...trunk);
    const pieces = chain.heldStateAt((trunk[0] as TestBlock).hash);
    expect(pieces.next().done).toBe(false);
    const other = branch(kit.genesisBlock, 6, BOB.address);
    await accept(...other);
    expect(balances(runToEnd(pieces) as KeyValueReader)).toEqual(balances(kit.stateAfter(trunk[0] as TestBlock)));
    expect(runToEnd(chain.heldStateAt((trunk[0] as TestBlock).hash))).toBeUndefined();
  });

  test('is read no more once as many blocks came as the chain can undo', async () => {
    const state = hold(kit.genesisBlock);
    const blocks = branch(kit.genesisBlock, MAX_SNAPSHOT_COMMITS + 1, MINER.address);
    await accept(...blocks.slice(0, MAX_SNAPSHOT_COMMITS));
    expect(balances(state)).toEqual(balances(kit.stateAfter(kit.genesisBlock)));
    await accept(blocks[MAX_SNAPSHOT_COMMITS] as TestBlock);
    expect(() => state.get(accountKey(BOB.address))).toThrowError(
      expect.objectContaining({ code: 'snapshotTooOld', hint: 'ask again, or for less at once' }),
    );
  });
});
