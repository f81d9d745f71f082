import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accountKey,
  addressOf,
  encodeBody,
  encodeSeal,
  fromHex,
  type Header,
  type KeyValueReader,
  keccak256,
  sign,
  type Transaction,
  textToBytes,
  treeRoot,
  WORD_LIMIT,
  ZERO_HASH,
} from '@wattchain/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  ChainKit,
  MINER,
  type MineOptions,
  solve,
  TEST_INTERVAL_MS,
  TEST_START_MS,
  type TestAccount,
  type TestBlock,
  testAccount,
  testGenesis,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { openLevelStore } from '../store/levelStore.js';
import { MemoryStore } from '../store/memoryStore.js';
import { COMMIT_KEY, GENESIS_KEY, headerKey, VERSION_KEY } from '../store/schema.js';
import type { Store } from '../store/store.js';
import { Chain } from './chain.js';
import type { ChainAlarm, HeadEvent } from './types.js';

const kit = new ChainKit();
const { genesis, genesisBlock } = kit;

async function openChain(store: Store = new MemoryStore(), of = kit.genesis) {
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000);
  const chain = await Chain.open({ store, genesis: of, runtime, log: silentLogger });
  const heads: HeadEvent[] = [];
  const alarms: ChainAlarm[] = [];
  chain.on('head', (event) => heads.push(event));
  chain.on('alarm', (alarm) => alarms.push(alarm));
  const accept = (block: TestBlock) => chain.acceptBlock(block.header, block.body, 'test');
  const acceptAll = async (blocks: readonly TestBlock[]) => {
    const results: unknown[] = [];
    for (const block of blocks) {
      const { value, fault } = await accept(block);
      results.push(value ?? fault?.code);
    }
    return results;
  };
  return { chain, runtime, heads, alarms, accept, acceptAll, store };
}

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

const nonceOf = (state: KeyValueReader | undefined, address: `0x${string}`) =>
  Number(Buffer.from(state?.get(accountKey(address)) ?? new Uint8Array(8)).readBigUInt64BE(0));

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

describe('bad blocks', () => {
  const tampered = (tamper: Partial<Header>, options: MineOptions = {}) =>
    kit.mine(genesisBlock, { ...options, tamper });
  const [alices] = [testTransaction(genesis, ALICE)];
  const other = keccak256(textToBytes('other'));
  const otherHash = `0x${Buffer.from(other).toString('hex')}` as const;

  it.each<[string, () => TestBlock]>([
    ['headerTarget', () => tampered({ target: genesis.largestTarget })],
    ['headerHeight', () => tampered({ height: 2 })],
    ['headerHistory', () => tampered({ historyRoot: otherHash })],
    ['headerTimestamp', () => tampered({ timestampMs: genesis.timestampMs })],
    ['headerGasLimit', () => tampered({ gasLimit: 1 })],
    ['headerGasUsed', () => tampered({ gasUsed: genesis.blockGasLimit + 1 })],
    [
      'headerSeal',
      () => ({
        ...kit.mine(genesisBlock),
        header: { ...kit.mine(genesisBlock).header, minerSeal: new Uint8Array(65) },
      }),
    ],
    ['parentUnknown', () => tampered({ parentHash: otherHash })],
    ['transactionCount', () => tampered({ transactionCount: 1 })],
    [
      'transactionsRoot',
      () => ({
        ...kit.mine(genesisBlock, { transactions: [alices] }),
        body: encodeBody([testTransaction(genesis, BOB)]),
      }),
    ],
    ['blockEncoding', () => ({ ...kit.mine(genesisBlock), body: Uint8Array.of(0, 0, 0, 1) })],
    ['gasUsed', () => tampered({ gasUsed: 1 })],
    ['receiptsRoot', () => tampered({ receiptsRoot: otherHash })],
    ['stateRoot', () => tampered({ stateRoot: otherHash })],
  ])('%s', async (code, make) => {
    const { chain, heads, accept } = await openChain();
    const block = make();
    expect((await accept(block)).fault?.code).toBe(code);
    expect(chain.head.hash).toBe(genesis.hash);
    expect(chain.headerByHash(block.hash)).toBeUndefined();
    expect(heads).toEqual([]);
  });

  it('headerWork, also with a target that genesis does not allow', async () => {
    const hard = new ChainKit(testGenesis({ largestTarget: `0x${genesis.firstTarget.toString(16)}` }));
    const { accept } = await openChain(undefined, hard.genesis);
    const good = hard.mine(hard.genesisBlock);
    const tries = Array.from({ length: 256 }, (_, headerNonce) => ({
      ...good,
      header: { ...good.header, headerNonce },
    }));
    const results = await Promise.all(tries.map(accept));
    // Target 2^253: about seven of eight tries fail; the others differ from the good block in their nonce alone.
    expect(results.filter(({ fault }) => fault?.code === 'headerWork').length).toBeGreaterThan(180);
    const easy = { ...good, header: { ...good.header, target: WORD_LIMIT - 1n } };
    expect((await accept(easy)).fault?.code).toBe('headerWork');
  });

  it('transactionState, which a good body on the same parent can mend', async () => {
    const { accept } = await openChain();
    const spent = kit.mine(genesisBlock, { transactions: [alices] });
    const again = kit.mine(spent);
    const bad = {
      ...again,
      header: solve({ ...again.header, transactionsRoot: spent.header.transactionsRoot, transactionCount: 1 }),
      body: spent.body,
    };
    await accept(spent);
    expect((await accept(bad)).fault).toMatchObject({
      code: 'transactionState',
      index: 0,
      fault: { code: 'nonceTooLow', got: 0, expected: 1 },
    });
    expect((await accept(again)).value).toBe('added');
  });

  it('takes the good body after a wrong one for the same header', async () => {
    const { accept } = await openChain();
    const block = kit.mine(genesisBlock, { transactions: [alices] });
    expect((await accept({ ...block, body: encodeBody([]) })).fault?.code).toBe('transactionCount');
    expect((await accept(block)).value).toBe('added');
  });

  it('does not read the senders of transactions that it can recall, and checks the body all the same', async () => {
    const { chain, accept } = await openChain();
    const block = kit.mine(genesisBlock, { transactions: [alices] });
    const other = kit.mine(genesisBlock, { transactions: [testTransaction(genesis, BOB)] });
    for (const { transactions } of [block, other])
      for (const transaction of transactions) chain.known.hold(transaction);
    expect((await accept({ ...block, body: other.body })).fault?.code).toBe('transactionsRoot');
    expect((await accept(block)).value).toBe('added');
    expect(chain.bodyByHash(block.hash)?.[0]).toBe(alices);
  });

  it('reads the senders of those transactions of a body alone that it does not know', async () => {
    const { chain, accept } = await openChain();
    const transactions = [0, 1, 2].map((nonce) => testTransaction(genesis, ALICE, { nonce }));
    chain.known.hold(transactions[1] as Transaction);
    const block = kit.mine(genesisBlock, { transactions });
    const twin = kit.mine(genesisBlock, { transactions, extra: textToBytes('twin') });
    expect((await accept(block)).value).toBe('added');
    const read = chain.bodyByHash(block.hash) ?? [];
    expect(read).toEqual(transactions);
    expect(read.map((transaction, i) => transaction === transactions[i])).toEqual([false, true, false]);
    // Another miner's block with the same transactions costs no sender at all.
    expect((await accept(twin)).value).toBe('side');
    expect(chain.bodyByHash(twin.hash)?.map((transaction, i) => transaction === read[i])).toEqual([true, true, true]);
  });

  it('executes in turns with others, who see the last head meanwhile', async () => {
    const { chain, accept } = await openChain();
    const transactions = Array.from({ length: 90 }, (_, nonce) => testTransaction(genesis, ALICE, { nonce }));
    // Nothing is left to open.
    for (const transaction of transactions) chain.known.hold(transaction);
    const block = kit.mine(genesisBlock, { transactions });
    const seen: unknown[] = [];
    const look = () => {
      seen.push([chain.head.hash, nonceOf(chain.stateAt(chain.head.hash), ALICE.address)]);
      next = setImmediate(look);
    };
    let next = setImmediate(look);
    expect((await accept(block)).value).toBe('added');
    clearImmediate(next);
    expect(nonceOf(chain.stateAt(block.hash), ALICE.address)).toBe(90);
    // 1.89 million gas in pieces of half a million.
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const look of seen) expect(look).toEqual([genesis.hash, 0]);
  });

  it('lets others have their turn while it opens a body of strangers', async () => {
    const { accept } = await openChain();
    const transactions = Array.from({ length: 70 }, (_, nonce) => testTransaction(genesis, ALICE, { nonce }));
    const block = kit.mine(genesisBlock, { transactions });
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    expect((await accept(block)).value).toBe('added');
    clearImmediate(next);
    // Three lots of at most 32, and two turns between them.
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('asks for the seal of a listed miner', async () => {
    const miners = [addressOf(ALICE.key)];
    const sealed = new ChainKit(testGenesis({ miners }));
    const { accept } = await openChain(undefined, sealed.genesis);
    const block = sealed.mine(sealed.genesisBlock);
    const sealedBy = (key: Uint8Array) => ({
      ...block,
      header: { ...block.header, minerSeal: encodeSeal(sign(fromHex(block.hash), key)) },
    });
    expect((await accept(block)).fault?.code).toBe('headerSeal');
    expect((await accept(sealedBy(BOB.key))).fault).toEqual({ code: 'headerMiner', got: BOB.address });
    expect((await accept(sealedBy(ALICE.key))).value).toBe('added');
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

describe('opening again', () => {
  let path: string;
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'wattchain-chain-'));
  });
  afterEach(() => rm(path, { recursive: true }));

  async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
    const store = await openLevelStore(path);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  it('continues at the head, can reorganise there and undo what was done before', async () => {
    const a = kit.mineMany(genesisBlock, 5, 'a');
    const b = kit.mineMany(a[1] as TestBlock, 4, 'b');
    await withStore(async (store) => {
      const { acceptAll } = await openChain(store);
      await acceptAll([...a, ...b.slice(0, 2)]);
    });
    await withStore(async (store) => {
      const { chain, heads, acceptAll } = await openChain(store);
      expect(chain.head).toEqual(a.at(-1)?.record);
      expect(await acceptAll(b)).toEqual(['known', 'known', 'side', 'added']);
      expect(heads[0]?.removed.map(({ record }) => record.header.height)).toEqual([3, 4, 5]);
    });
    await withStore(async (store) => {
      const { chain } = await openChain(store);
      expect(chain.head.hash).toBe(b.at(-1)?.hash);
      expect(treeRoot(store)).toBe(chain.head.header.stateRoot);
    });
  });

  it('judges by the history of every branch, whichever blocks were in memory when it was written', async () => {
    const trunk = kit.mineMany(genesisBlock, 21, 't');
    const forks = [15, 16, 19].map((height) => kit.mineMany(trunk[height - 1] as TestBlock, 7, `f${height}`));
    for (const blocks of [trunk, ...forks, ...forks.map((fork) => kit.mineMany(fork.at(-1) as TestBlock, 3, 'on'))]) {
      for (const { header, body, hash, record } of blocks) {
        await withStore(async (store) => {
          const { chain } = await openChain(store);
          expect((await chain.acceptBlock(header, body)).fault).toBeUndefined();
          // Of what is on the disk, not of the record that was just made.
          const { chain: reopened } = await openChain(store);
          expect(reopened.headerByHash(hash)?.history).toEqual(record.history);
        });
      }
      const liar = kit.mine(blocks.at(-1) as TestBlock, { tamper: { historyRoot: genesis.hash } });
      await withStore(async (store) => {
        const { accept } = await openChain(store);
        expect((await accept(liar)).fault?.code).toBe('headerHistory');
      });
    }
  });

  it('refuses a store of another version before it looks at the network, whose hash follows from the layout of headers', async () => {
    await withStore(async (store) => {
      await openChain(store);
      await store.batch([
        { key: VERSION_KEY, value: Uint8Array.of(0, 0, 0, 2) },
        { key: GENESIS_KEY, value: new Uint8Array(32) },
      ]);
      await expect(openChain(store)).rejects.toMatchObject({
        code: 'storeVersion',
        values: { stored: 2 },
        hint: expect.stringContaining('delete the folder `chain`'),
      });
    });
  });

  it('refuses the chain of another genesis and names both', async () => {
    await withStore((store) => openChain(store));
    const other = testGenesis({ name: 'other' });
    await withStore(async (store) => {
      const opening = openChain(store, other);
      await expect(opening).rejects.toMatchObject({
        code: 'genesisMismatch',
        values: { stored: genesis.hash, file: other.hash },
      });
    });
  });

  const [block] = kit.mineMany(genesisBlock, 1);
  it.each<[string, (store: Store) => Promise<void>]>([
    ['a state value', (store) => store.batch([{ key: Uint8Array.from([0x74, 0]), value: new Uint8Array(65) }])],
    ['the commit record', (store) => store.batch([{ key: COMMIT_KEY, value: new Uint8Array(132) }])],
    ['no commit record', (store) => store.batch([{ key: COMMIT_KEY, value: undefined }])],
    [
      'the header of the head',
      (store) => store.batch([{ key: headerKey((block as TestBlock).hash), value: undefined }]),
    ],
  ])('notices damage: %s', async (_what, damage) => {
    await withStore(async (store) => {
      const { acceptAll } = await openChain(store);
      await acceptAll([block as TestBlock]);
      await damage(store);
      await expect(openChain(store)).rejects.toMatchObject({
        code: 'storeDamaged',
        hint: expect.stringContaining('delete the folder `chain`'),
      });
    });
  });
});

describe('a store that fails', () => {
  it('stops the chain at the head it had', async () => {
    class FailingStore extends MemoryStore {
      isBroken = false;
      override async batch(writes: Parameters<MemoryStore['batch']>[0]): Promise<void> {
        if (this.isBroken) throw new RangeError('no space left on device');
        await super.batch(writes);
      }
    }
    const store = new FailingStore();
    const { chain, heads, accept } = await openChain(store);
    const failures: unknown[] = [];
    chain.on('failure', (error) => failures.push(error));
    const [a, b] = kit.mineMany(genesisBlock, 2) as [TestBlock, TestBlock];
    await accept(a);
    store.isBroken = true;
    await expect(accept(b)).rejects.toThrow('no space left');
    store.isBroken = false;
    await expect(accept(b)).rejects.toThrow('no space left');
    expect(chain.head.hash).toBe(a.hash);
    expect(nonceOf(chain.stateAt(a.hash), ALICE.address)).toBe(0);
    expect(heads).toHaveLength(1);
    expect(failures).toEqual([new RangeError('no space left on device')]);
  });
});

it('keeps its interval of test blocks, so that equal branches have equal work', () => {
  const [a, b] = [kit.mineMany(genesisBlock, 3, 'a'), kit.mineMany(genesisBlock, 3, 'b')];
  expect(a.at(-1)?.record.totalWork).toBe(b.at(-1)?.record.totalWork);
  expect(a[1]?.header.timestampMs).toBe(TEST_START_MS + 2 * TEST_INTERVAL_MS);
});
