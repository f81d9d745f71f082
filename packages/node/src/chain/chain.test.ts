import { accountKey, textToBytes, treeRoot, ZERO_HASH } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  MINER,
  TEST_INTERVAL_MS,
  TEST_START_MS,
  type TestAccount,
  type TestBlock,
  testAccount,
  testTransaction,
} from '../../testing/chainKit.js';
import { genesis, genesisBlock, kit, nonceOf, openChain } from '../../testing/openChain.js';
import type { Store } from '../store/store.js';

/** Everything under the state's prefixes: flat values, code and tree records. */
async function stateOf(store: Store): Promise<string[]> {
  const entries: string[] = [];
  for (const prefix of ['a', 's', 'c', 't']) {
    for await (const [key, value] of store.iterate(textToBytes(prefix))) {
      entries.push(`${Buffer.from(key).toString('hex')} ${Buffer.from(value).toString('hex')}`);
    }
  }
  return entries;
}

const codes = (count: number, code: string) => Array.from({ length: count }, () => code);

describe('a new chain', () => {
  it('begins with genesis and its state', async () => {
    const { chain, store } = await openChain();
    expect(chain.head.hash).toBe(genesis.hash);
    expect(chain.finalized.hash).toBe(genesis.hash);
    expect(chain.canonicalHash(0)).toBe(genesis.hash);
    expect(chain.bodyByHash(genesis.hash)).toEqual([]);
    expect(chain.receiptsByHash(genesis.hash)).toEqual([]);
    expect(chain.confirmations(0)).toBe(1);
    expect(treeRoot(store)).toBe(genesis.header.stateRoot);
  });

  it('grows block by block and tells of each', async () => {
    const { chain, heads, acceptAll } = await openChain();
    const transaction = testTransaction(genesis, ALICE);
    const first = kit.mine(genesisBlock, { transactions: [transaction] });
    const second = kit.mine(first);
    expect(await acceptAll([first, first, second])).toEqual(['added', 'known', 'added']);
    expect(chain.head).toEqual(second.record);
    expect(chain.headerByHeight(1)).toEqual(first.record);
    expect(chain.transactionPlace(transaction.hash)).toEqual({ blockHash: first.hash, height: 1, index: 0 });
    expect(chain.receiptsByHash(first.hash)).toEqual([{ gasUsed: 21_000, failure: null, logs: [] }]);
    expect(chain.bodyByHash(first.hash)).toEqual([transaction]);
    expect(chain.confirmations(1)).toBe(2);
    expect(heads.map(({ head, added, removed }) => [head.header.height, added.length, removed.length])).toEqual([
      [1, 1, 0],
      [2, 1, 0],
    ]);
    expect(heads[0]?.added[0]?.transactions).toEqual([transaction]);
  });

  it('calls a block confirmed when twelve blocks carry it', async () => {
    const { chain, acceptAll } = await openChain();
    const blocks = kit.mineMany(genesisBlock, 13);
    await acceptAll(blocks.slice(0, 11));
    expect(chain.finalized.header.height).toBe(0);
    await acceptAll(blocks.slice(11));
    expect(chain.finalized.header.height).toBe(2);
    expect(chain.confirmations(2)).toBe(12);
  });

  it('shows readers the old state until the head has moved', async () => {
    const { chain, accept } = await openChain();
    const running = accept(kit.mine(genesisBlock, { transactions: [testTransaction(genesis, ALICE)] }));
    const seen: number[] = [];
    const isDone = running.then(() => true);
    // Every turn of the event loop until the block is in, the head's state and the head belong together.
    while (!(await Promise.race([isDone, new Promise<false>((resolve) => setImmediate(() => resolve(false)))]))) {
      expect(nonceOf(chain.stateAt(chain.head.hash), ALICE.address)).toBe(chain.head.header.height);
      seen.push(chain.head.header.height);
    }
    expect(nonceOf(chain.stateAt(chain.head.hash), ALICE.address)).toBe(1);
  });
});

describe('branches', () => {
  it('keeps the first of two blocks with the same work and goes to the longer branch', async () => {
    const { chain, heads, acceptAll } = await openChain();
    const [a1] = kit.mineMany(genesisBlock, 1, 'a');
    const [b1, b2] = kit.mineMany(genesisBlock, 2, 'b') as [TestBlock, TestBlock];
    expect(await acceptAll([a1 as TestBlock, b1])).toEqual(['added', 'side']);
    expect(chain.head.hash).toBe(a1?.hash);
    expect(chain.stateAt(b1.hash)).toBeUndefined();
    expect(await acceptAll([b2])).toEqual(['added']);
    expect(chain.canonicalHash(1)).toBe(b1.hash);
    const last = heads.at(-1);
    expect(last?.removed.map(({ record }) => record.hash)).toEqual([a1?.hash]);
    expect(last?.added.map(({ record }) => record.hash)).toEqual([b1.hash, b2.hash]);
  });

  it('moves transactions to where the canonical chain has them', async () => {
    const { chain, acceptAll } = await openChain();
    const common = testTransaction(genesis, ALICE);
    const lost = testTransaction(genesis, CAROL);
    const a1 = kit.mine(genesisBlock, { transactions: [common, lost] });
    const b1 = kit.mine(genesisBlock, { extra: textToBytes('b') });
    const b2 = kit.mine(b1, { transactions: [common] });
    await acceptAll([a1, b1, b2]);
    expect(chain.transactionPlace(common.hash)).toEqual({ blockHash: b2.hash, height: 2, index: 0 });
    expect(chain.transactionPlace(lost.hash)).toBeUndefined();
    expect(chain.receiptsByHash(a1.hash)).toHaveLength(2);
  });

  const depths = Array.from({ length: 11 }, (_, i) => i + 1);
  it.each(depths)('undoes %i blocks and has the state that a fresh replay has', async (depth) => {
    const { chain, store, acceptAll } = await openChain();
    const branch = (salt: string, length: number, senders: (typeof ALICE)[]) => {
      const blocks: TestBlock[] = [];
      for (let nonce = 0; nonce < length; nonce++) {
        const transactions = senders.map((sender) => testTransaction(genesis, sender, { nonce, value: BigInt(nonce) }));
        blocks.push(kit.mine(blocks.at(-1) ?? trunk, { transactions, extra: textToBytes(salt) }));
      }
      return blocks;
    };
    const trunk = kit.mine(genesisBlock, { transactions: [testTransaction(genesis, BOB, { to: CAROL.address })] });
    const a = branch('a', depth, [ALICE, CAROL]);
    const b = branch('b', depth + 1, [CAROL]);
    expect(await acceptAll([trunk, ...a])).toEqual(codes(depth + 1, 'added'));
    expect(await acceptAll(b)).toEqual([...codes(depth, 'side'), 'added']);
    expect(chain.head.hash).toBe(b.at(-1)?.hash);

    const fresh = await openChain();
    await fresh.acceptAll([trunk, ...b]);
    expect(await stateOf(store)).toEqual(await stateOf(fresh.store));
    expect(treeRoot(store)).toBe(chain.head.header.stateRoot);

    // And back again: what was undone can be redone.
    const more = kit.mineMany(a.at(-1) as TestBlock, 2, 'a');
    expect(await acceptAll(more)).toEqual(depth < 11 ? ['side', 'added'] : ['reorgTooDeep', 'parentUnknown']);
  });

  it('tells which accounts change, in the blocks that leave and in those that join', async () => {
    const { heads, accept } = await openChain();
    const to = (name: string) => testAccount(name).address;
    const transfers = (sender: TestAccount, names: readonly string[]) =>
      names.map((name, nonce) => testTransaction(genesis, sender, { nonce, to: to(name) }));
    const a1 = kit.mine(genesisBlock, { transactions: transfers(ALICE, ['in a', 'in both']) });
    const a2 = kit.mine(a1, { miner: to('miner of a') });
    const b1 = kit.mine(genesisBlock, { transactions: transfers(BOB, ['in both', 'in b']), miner: to('miner of b') });
    const b2 = kit.mine(b1, { miner: to('miner of b') });
    const b3 = kit.mine(b2, { miner: to('miner of b') });
    const miner = MINER.address;
    const [first, second, third] = [
      [ALICE.address, miner, to('in a'), to('in both')],
      [to('miner of a')],
      [ALICE.address, BOB.address, miner, ...['in a', 'in b', 'in both', 'miner of a', 'miner of b'].map(to)],
    ];
    for (const block of [a1, a2, b1, b2, b3]) await accept(block);
    const changed = heads.map(({ changedAccounts }) => [...changedAccounts].sort());
    expect(changed).toEqual([first, second, third].map((addresses) => addresses?.sort()));
  });

  it('refuses to undo a confirmed block, raises the alarm, and obeys an operator once', async () => {
    const { chain, alarms, acceptAll } = await openChain();
    const a = kit.mineMany(genesisBlock, 12, 'a');
    const b = kit.mineMany(genesisBlock, 13, 'b');
    await acceptAll(a);
    expect(await acceptAll(b.slice(0, 1))).toEqual(['reorgTooDeep']);
    expect(alarms).toEqual([]);
    const tip = (b.at(-1) as TestBlock).record;
    expect(chain.checkReorg(genesisBlock.record, tip)).toEqual({ code: 'reorgTooDeep', got: 12, expected: 11 });
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ refused: { hash: tip.hash }, ancestor: { hash: genesis.hash } });
    expect(chain.head.hash).toBe(a.at(-1)?.hash);

    chain.allowDeepReorg();
    expect(await acceptAll(b)).toEqual([...codes(12, 'side'), 'added']);
    expect(chain.head.hash).toBe(tip.hash);
    const back = kit.mineMany(a.at(-1) as TestBlock, 2, 'a');
    expect(await acceptAll(back)).toEqual(['reorgTooDeep', 'parentUnknown']);
  });

  it('stays where it is when a side branch fails in the middle, and never looks at its descendants again', async () => {
    const { chain, heads, accept, acceptAll, store } = await openChain();
    const a = kit.mineMany(genesisBlock, 2, 'a');
    const [b1] = kit.mineMany(genesisBlock, 1, 'b') as [TestBlock];
    const bad = kit.mine(b1, { tamper: { stateRoot: ZERO_HASH } });
    const child = kit.mine(bad);
    const grandchild = kit.mine(child);
    await acceptAll([...a, b1]);
    const before = await stateOf(store);
    expect(await acceptAll([bad])).toEqual(['side']);
    expect((await accept(child)).fault).toEqual({ code: 'parentInvalid', got: bad.hash });
    expect((await accept(bad)).fault).toMatchObject({ code: 'stateRoot' });
    expect((await accept(grandchild)).fault).toEqual({ code: 'parentInvalid', got: child.hash });
    expect(chain.headerByHash(bad.hash)).toBeUndefined();
    expect(chain.head.hash).toBe(a.at(-1)?.hash);
    expect(heads).toHaveLength(2);
    expect(await stateOf(store)).toEqual(before);
    // The good part of the branch is still good.
    expect(await acceptAll(kit.mineMany(b1, 2, 'b'))).toEqual(['side', 'added']);
  });
});

describe('blocks from the future', () => {
  it('are held and taken when their time has come', async () => {
    const { chain, runtime, heads, accept } = await openChain();
    const lead = 5_000;
    const timestampMs = runtime.clock.nowMs() + lead + 700;
    const block = kit.mine(genesisBlock, { timestampMs });
    expect((await accept(block)).fault).toEqual({
      code: 'fromTheFuture',
      got: timestampMs,
      expected: timestampMs - 700,
    });
    runtime.advance(699);
    await chain.acceptBlock(block.header, block.body);
    expect(heads).toEqual([]);
    runtime.advance(1);
    await chain.close();
    expect(chain.head.hash).toBe(block.hash);
    expect(heads).toHaveLength(1);
  });

  it('are held up to a number, the nearest first', async () => {
    const { chain, runtime, heads, accept } = await openChain();
    const nowMs = runtime.clock.nowMs();
    const blocks = Array.from({ length: 40 }, (_, i) => kit.mine(genesisBlock, { timestampMs: nowMs + 5_001 + i }));
    for (const block of [...blocks].reverse()) await accept(block);
    expect(runtime.timers).toBe(1);
    runtime.advance(1);
    await chain.close();
    expect(heads.map(({ head }) => head.hash)).toEqual([blocks[0]?.hash]);
  });
});

describe('state of earlier blocks', () => {
  it('is there for 64 blocks and equals what it was', async () => {
    const { chain, acceptAll } = await openChain();
    const blocks: TestBlock[] = [];
    for (let nonce = 0; nonce < 70; nonce++) {
      const transactions = [testTransaction(genesis, ALICE, { nonce, value: BigInt(nonce + 1) })];
      blocks.push(kit.mine(blocks.at(-1) ?? genesisBlock, { transactions }));
    }
    await acceptAll(blocks);
    for (const height of [70, 69, 40, 7, 6]) {
      const block = blocks[height - 1] as TestBlock;
      const state = chain.stateAt(height);
      expect(nonceOf(state, ALICE.address)).toBe(height);
      for (const { address } of [ALICE, BOB, CAROL]) {
        expect(chain.stateAt(block.hash)?.get(accountKey(address))).toEqual(
          kit.stateAfter(block).get(accountKey(address)),
        );
      }
    }
    expect(chain.stateAt(5)).toBeUndefined();
    expect(chain.stateAt(71)).toBeUndefined();
    expect(chain.stateAt(ZERO_HASH)).toBeUndefined();
  });
});

it('keeps its interval of test blocks, so that equal branches have equal work', () => {
  const [a, b] = [kit.mineMany(genesisBlock, 3, 'a'), kit.mineMany(genesisBlock, 3, 'b')];
  expect(a.at(-1)?.record.totalWork).toBe(b.at(-1)?.record.totalWork);
  expect(a[1]?.header.timestampMs).toBe(TEST_START_MS + 2 * TEST_INTERVAL_MS);
});
