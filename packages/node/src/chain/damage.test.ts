/** What a chain makes of a store that lost or changed something: never a wrong answer, and nobody blamed for it. */
import {
  accountKey,
  bytesEqual,
  groupKey,
  type Hash,
  type KeyValueWrite,
  sha256,
  storageKey,
  storeFailed,
  textToBytes,
  toHex,
  treeKey,
  ZERO_HASH,
} from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  ChainKit,
  crowdedGenesis,
  TEST_START_MS,
  type TestBlock,
  testAccount,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { type Logger, silentLogger } from '../base/log.js';
import { CommittedReader } from '../store/committedReader.js';
import { MemoryStore } from '../store/memoryStore.js';
import { bodyKey, canonicalKey, headerKey, receiptsKey, undoKey } from '../store/schema.js';
import { Chain } from './chain.js';
import { ChainIndex } from './chainIndex.js';
import { DamageWatch } from './damageWatch.js';

/** Opening reads the topmost record of the state tree and keeps it in memory, so harm is done below it. */
const kit = new ChainKit(crowdedGenesis());
const { genesis, genesisBlock } = kit;
/** Five blocks, each with a transfer of Alice's. */
const blocks: TestBlock[] = [];
for (let nonce = 0; nonce < 5; nonce++) {
  blocks.push(kit.mine(blocks.at(-1) ?? genesisBlock, { transactions: [testTransaction(genesis, ALICE, { nonce })] }));
}
const third = blocks[2] as TestBlock;
const tip = blocks[4] as TestBlock;
const next = kit.mine(tip, { transactions: [testTransaction(genesis, ALICE, { nonce: 5 })] });

interface Opened {
  readonly chain: Chain;
  readonly store: MemoryStore;
  readonly errors: string[];
  readonly failures: unknown[];
  /** Changes the store under the chain's feet. */
  readonly harm: (...writes: KeyValueWrite[]) => Promise<void>;
}

async function open(store = new MemoryStore(), given: readonly TestBlock[] = blocks): Promise<Opened> {
  const errors: string[] = [];
  const log: Logger = { ...silentLogger, error: (_fields, message) => errors.push(message), child: () => log };
  const chain = await Chain.open({ store, genesis, runtime: new ManualRuntime(TEST_START_MS + 10_000_000), log });
  for (const { header, body } of given) await chain.acceptBlock(header, body);
  const failures: unknown[] = [];
  chain.on('failure', (error) => failures.push(error));
  return { chain, store, errors, failures, harm: (...writes) => store.batch(writes) };
}

/** A chain of the five blocks that has nothing in memory, over a store that loses something once it is open. */
async function reopened(): Promise<Opened> {
  const { store } = await open();
  return open(store, []);
}

const gone = (key: Uint8Array): KeyValueWrite => ({ key, value: undefined });

describe('a hole in the canonical chain', () => {
  const holes: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['its place', canonicalKey(3), /canonical block of height 3 is missing/],
    ['its header', headerKey(third.hash), /header of block 3 is missing/],
    ['its body', bodyKey(third.hash), /body of block 3 is missing/],
    ['its receipts', receiptsKey(third.hash), /receipts of block 3 are missing/],
    ['its undo record', undoKey(third.hash), /undo record of block 3 is missing/],
  ];

  it.each(holes)('is found at opening: %s', async (_what, key, message) => {
    const { store, harm } = await open();
    await harm(gone(key));
    await expect(open(store, [])).rejects.toMatchObject({
      code: 'storeDamaged',
      message: expect.stringMatching(message),
    });
  });

  it('is found at opening when another block stands in the place', async () => {
    const { store, harm } = await open();
    const other = kit.mine(blocks[1] as TestBlock, { extra: textToBytes('other') });
    const opened = await open(store, []);
    await opened.chain.acceptBlock(other.header, other.body);
    await harm({ key: canonicalKey(3), value: Buffer.from(other.hash.slice(2), 'hex') });
    await expect(open(store, [])).rejects.toMatchObject({ code: 'storeDamaged' });
  });

  it('is no absence when it is read, while blocks above the head are', async () => {
    const asks: readonly (readonly [Uint8Array, (index: ChainIndex) => unknown])[] = [
      [canonicalKey(3), (index) => index.canonicalHash(3)],
      [canonicalKey(3), (index) => index.place(third.transactions[0]?.hash as Hash)],
      [headerKey(third.hash), (index) => index.canonicalHeader(3)],
      [bodyKey(third.hash), (index) => index.bodyBytes(third.hash)],
      [bodyKey(third.hash), (index) => index.summary(third.record)],
      [receiptsKey(third.hash), (index) => index.receipts(third.hash)],
    ];
    for (const [key, ask] of asks) {
      const { store, harm } = await open();
      const watch = new DamageWatch(silentLogger);
      const index = new ChainIndex(new CommittedReader(store, 0), genesis, watch);
      expect(ask(index)).toBeDefined();
      await harm(gone(key));
      const fresh = new ChainIndex(new CommittedReader(store, 0), genesis, watch);
      expect(() => ask(fresh)).toThrowError(expect.objectContaining({ code: 'storeDamaged' }));
      expect(watch.current).toMatchObject({ count: 1, stopped: false });
      expect(fresh.canonicalHeader(6)).toBeUndefined();
      expect(fresh.bodyBytes(ZERO_HASH)).toBeUndefined();
      expect(fresh.receipts(ZERO_HASH)).toBeUndefined();
    }
  });
});

describe('a record of the state tree that is lost or an older one', () => {
  const aliceKey = accountKey(ALICE.address);
  const recordOf = (key: Uint8Array) => groupKey(4, treeKey(key));
  const isBesideAlice = (key: Uint8Array) => bytesEqual(recordOf(key), recordOf(aliceKey));

  it('is told from accounts and words that never were', async () => {
    const { chain, harm } = await reopened();
    await harm(gone(recordOf(aliceKey)));
    const state = chain.stateAt(chain.head.hash);
    expect(() => state?.get(aliceKey)).toThrowError(expect.objectContaining({ code: 'storeDamaged' }));
    const others = Array.from({ length: 40 }, (_, i) => accountKey(testAccount(`nobody ${i}`).address));
    const words = Array.from({ length: 40 }, (_, i) => storageKey(BOB.address, BigInt(i)));
    for (const key of [...others, ...words]) {
      if (isBesideAlice(key)) expect(() => state?.get(key)).toThrow(/record at depth 4 is missing/);
      else expect(state?.get(key)).toBeUndefined();
    }
    expect(isBesideAlice(accountKey(CAROL.address))).toBe(false);
    expect(state?.get(accountKey(CAROL.address))).toBeDefined();
  });

  it('is missed at the top too, where an empty state has none', async () => {
    const { store } = await open();
    const reader = new CommittedReader(store, 1_000_000);
    await store.batch([gone(groupKey(0, new Uint8Array(32)))]);
    expect(() => reader.get(aliceKey)).toThrow(/record at depth 0 is missing/);
    expect(new CommittedReader(new MemoryStore(), 1_000_000).get(aliceKey)).toBeUndefined();
  });

  const harms: readonly (readonly [string, () => Promise<KeyValueWrite>])[] = [
    ['one that is missing', async () => gone(recordOf(aliceKey))],
    [
      'one as it was',
      async () => {
        const { store: earlier } = await open(new MemoryStore(), blocks.slice(0, 2));
        return { key: recordOf(aliceKey), value: earlier.get(recordOf(aliceKey)) };
      },
    ],
  ];

  it.each(harms)('stops the chain, blames no block and leaves the rest readable: %s', async (_what, change) => {
    const { chain, store, harm, failures, errors } = await reopened();
    const write = await change();
    expect(store.get(write.key)).toBeDefined();
    await harm(write);
    await expect(chain.acceptBlock(next.header, next.body, 'a peer')).rejects.toMatchObject({ code: 'storeDamaged' });
    expect(chain.isInvalid(next.hash)).toBe(false);
    expect(chain.damage).toMatchObject({ stopped: true });
    expect(errors.at(-1)).toMatch(/takes no more blocks/);
    // The node does not end, and what is whole can be read.
    expect(failures).toEqual([]);
    expect(chain.head.hash).toBe(tip.hash);
    expect(chain.blockSummary(third.hash)?.receipts).toHaveLength(1);
    await expect(chain.acceptBlock(next.header, next.body)).rejects.toMatchObject({ code: 'storeDamaged' });
  });

  it('that is only read is found when a block comes out wrong', async () => {
    // Bob's balance is read and written by the transfer to him, Carol's nonce and balance only by a block of hers.
    const { chain, harm } = await reopened();
    const poor = new ChainKit(crowdedGenesis(0n));
    const key = recordOf(accountKey(CAROL.address));
    await harm({ key, value: poor.stateAfter(poor.genesisBlock).get(key) });
    const hers = kit.mine(tip, { transactions: [testTransaction(genesis, CAROL)] });
    // For want of coins the block seems invalid; it is the store that is.
    await expect(chain.acceptBlock(hers.header, hers.body)).rejects.toMatchObject({ code: 'storeDamaged' });
    expect(chain.isInvalid(hers.hash)).toBe(false);
  });

  it('does not hide a block that is really wrong', async () => {
    const { chain } = await reopened();
    const wrong = kit.mine(tip, { tamper: { stateRoot: toHex(sha256(textToBytes('wrong'))) } });
    const { fault } = await chain.acceptBlock(wrong.header, wrong.body);
    expect(fault?.code).toBe('stateRoot');
    expect(chain.damage).toBeUndefined();
  });
});

it('says each thing once in the log and counts every read', async () => {
  const { chain, harm, errors } = await reopened();
  await harm(gone(bodyKey(third.hash)));
  for (let i = 0; i < 3; i++) expect(() => chain.bodyByHash(third.hash)).toThrow(/the body of block .* is missing/);
  expect(errors).toHaveLength(1);
  expect(chain.damage?.count).toBe(3);
});

describe('a disk that fails', () => {
  const full = () => storeFailed('000003.log: No space left on device');

  it('stops the chain, blames no block and leaves everything readable', async () => {
    const { chain, store, failures, errors } = await reopened();
    store.batch = () => Promise.reject(full());
    const accepted = chain.acceptBlock(next.header, next.body, 'a peer');
    await expect(accepted).rejects.toMatchObject({ code: 'storeFailed' });
    expect(chain.damage).toMatchObject({
      code: 'storeFailed',
      stopped: true,
      detail: expect.stringContaining('No space left on device'),
      hint: expect.stringContaining('make room on the disk'),
    });
    expect(errors.at(-1)).toMatch(/takes no more blocks/);
    // The node does not end for it.
    expect(failures).toEqual([]);
    expect(chain.isInvalid(next.hash)).toBe(false);
    expect(chain.head.hash).toBe(tip.hash);
    expect(chain.blockSummary(tip.hash)?.receipts).toHaveLength(1);
    expect(chain.stateAt(tip.hash)?.get(accountKey(ALICE.address))).toBeDefined();
    await expect(chain.acceptBlock(next.header, next.body)).rejects.toMatchObject({ code: 'storeFailed' });
  });

  it('is what is told even where something was found damaged before', async () => {
    const { chain, store, harm } = await reopened();
    await harm(gone(bodyKey(third.hash)));
    expect(() => chain.bodyByHash(third.hash)).toThrow(/is missing/);
    expect(chain.damage).toMatchObject({ code: 'storeDamaged', stopped: false });
    store.batch = () => Promise.reject(full());
    await expect(chain.acceptBlock(next.header, next.body)).rejects.toMatchObject({ code: 'storeFailed' });
    expect(chain.damage).toMatchObject({ code: 'storeFailed', stopped: true });
  });

  it('that gives nothing when it is read fails that read, and stops the chain where a block needs it', async () => {
    const { chain, store, failures } = await reopened();
    const unreadable = storeFailed('000005.ldb: Input/output error');
    store.get = () => {
      throw unreadable;
    };
    expect(() => chain.bodyByHash(third.hash)).toThrow(unreadable);
    expect(chain.damage).toMatchObject({ code: 'storeFailed', stopped: false });
    await expect(chain.acceptBlock(next.header, next.body)).rejects.toBe(unreadable);
    expect(chain.damage).toMatchObject({ stopped: true });
    expect(failures).toEqual([]);
  });
});
