/** Blocks that are executed while the one before them is on its way to the disk. */
import { type KeyValueWrite, treeRoot } from '@wattchain/core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  ChainKit,
  TEST_START_MS,
  type TestBlock,
  testGenesis,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { type Compute, decodeInTurns, inlineCompute } from '../compute/compute.js';
import { MemoryStore } from '../store/memoryStore.js';
import { COMMIT_KEY, decodeCommit } from '../store/schema.js';
import { Chain } from './chain.js';

const kit = new ChainKit(testGenesis({ blockGasLimit: 30_000_000 }));
const { genesis, genesisBlock } = kit;

/** Ten blocks that build on each other: each sends from accounts whose nonces the one before has raised. */
const BLOCKS: TestBlock[] = [];
for (let i = 0; i < 10; i++) {
  const transactions = [ALICE, BOB].flatMap((from) =>
    [0, 1, 2].map((n) => testTransaction(genesis, from, { nonce: 3 * i + n, to: CAROL.address, value: BigInt(i + 1) })),
  );
  BLOCKS.push(kit.mine(BLOCKS.at(-1) ?? genesisBlock, { transactions }));
}
const [ONE, TWO, THREE] = BLOCKS as [TestBlock, TestBlock, TestBlock];

/** A store whose batches wait until somebody lets them through or fails them; those of opening a chain pass. */
class HeldStore extends MemoryStore {
  isHolding = false;
  readonly waiting: { readonly height: number | undefined; readonly end: (error?: Error) => void }[] = [];

  override async batch(writes: readonly KeyValueWrite[]): Promise<void> {
    if (this.isHolding) {
      const commit = writes.find(({ key }) => key[0] === COMMIT_KEY[0])?.value;
      await new Promise<void>((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve());
        this.waiting.push({ height: commit && decodeCommit(commit).height, end });
      });
    }
    await super.batch(writes);
  }

  /** Ends the batch that waits. */
  end(error?: Error): void {
    this.waiting.shift()?.end(error);
  }
}

const chains: Chain[] = [];
afterEach(async () => {
  await Promise.all(chains.splice(0).map((chain) => chain.close()));
});

async function open(store: MemoryStore, compute: Compute = inlineCompute) {
  const runtime = new ManualRuntime(TEST_START_MS + 10_000_000, compute);
  const chain = await Chain.open({ store, genesis, runtime, log: silentLogger });
  chains.push(chain);
  const told: string[] = [];
  chain.on('judging', (hash) => told.push(`judging ${heightOf(hash)}`));
  chain.on('judged', ({ hash }) => told.push(`judged ${heightOf(hash)}`));
  chain.on('head', ({ head }) => told.push(`head ${head.header.height}`));
  chain.on('failure', () => told.push('failure'));
  const give = async (block: TestBlock) => {
    const { value, fault } = await chain.acceptBlock(block.header, block.body, 'test');
    return value ?? fault?.code;
  };
  return { chain, told, give };
}

const heightOf = (hash: string) => BLOCKS.find((block) => block.hash === hash)?.header.height;

/** Lets everything go on that can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

async function heldChain() {
  const store = new HeldStore();
  const opened = await open(store);
  store.isHolding = true;
  return { store, ...opened };
}

describe('while a block is written', () => {
  it('the next one is executed, and neither is shown before it is on disk', async () => {
    const { chain, told, give, store } = await heldChain();
    const [first, second] = [give(ONE), give(TWO)];
    await settle();
    // The second has been executed: it could not be judged without the first one's state.
    expect(told).toEqual(['judging 1', 'judging 2']);
    expect(store.waiting.map(({ height }) => height)).toEqual([1]);
    expect(chain.head.hash).toBe(genesisBlock.hash);
    expect([chain.headerByHash(ONE.hash), chain.canonicalHash(1), chain.bodyBytes(ONE.hash)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(chain.transactionPlace(ONE.transactions[0]?.hash as `0x${string}`)).toBeUndefined();
    store.end();
    expect(await first).toBe('added');
    await settle();
    expect(chain.head.hash).toBe(ONE.hash);
    expect(chain.headerByHash(TWO.hash)).toBeUndefined();
    expect(store.waiting.map(({ height }) => height)).toEqual([2]);
    store.end();
    expect(await second).toBe('added');
    expect(told).toEqual(['judging 1', 'judging 2', 'head 1', 'judged 1', 'head 2', 'judged 2']);
  });

  it('batches are written one after the other, in the order of the blocks', async () => {
    const { chain, give, store } = await heldChain();
    const all = Promise.all(BLOCKS.map(give));
    for (let height = 1; height <= BLOCKS.length; height++) {
      await settle();
      expect(store.waiting.map((batch) => batch.height)).toEqual([height]);
      expect(chain.head.header.height).toBe(height - 1);
      store.end();
    }
    expect(await all).toEqual(BLOCKS.map(() => 'added'));
  });

  it('a block beside it waits, and so does the same block once more', async () => {
    const { chain, give, store } = await heldChain();
    const side = kit.mine(genesisBlock);
    const answers = [give(ONE), give(side), give(ONE)];
    await settle();
    expect(store.waiting).toHaveLength(1);
    store.end();
    await settle();
    store.end();
    expect(await Promise.all(answers)).toEqual(['added', 'side', 'known']);
    expect(chain.head.hash).toBe(ONE.hash);
  });

  it('a child that lies is refused, and its parent stays', async () => {
    const { chain, give, store } = await heldChain();
    const lie = kit.mine(ONE, { tamper: { stateRoot: `0x${'11'.repeat(32)}` } });
    const answers = [give(ONE), give(lie), give(kit.mine(lie)), give(TWO)];
    await settle();
    expect(store.waiting).toHaveLength(1);
    store.end();
    // What was stored of the lie is deleted, then comes the second block.
    for (let batch = 0; batch < 2; batch++) {
      await settle();
      store.end();
    }
    expect(await Promise.all(answers)).toEqual(['added', 'stateRoot', 'parentInvalid', 'added']);
    expect(chain.head.hash).toBe(TWO.hash);
  });
});

describe('when a write fails', () => {
  it('all that was executed after it is dropped, and the chain takes no more', async () => {
    const { chain, told, give, store } = await heldChain();
    const lost = new Error('disk full');
    const answers = [give(ONE), give(TWO), give(THREE)].map((answer) => answer.catch((error: unknown) => error));
    await settle();
    store.end();
    await settle();
    // The second one's batch waits, the third has been executed above it.
    store.end(lost);
    expect(await Promise.all(answers)).toEqual(['added', lost, lost]);
    await settle();
    expect(store.waiting).toEqual([]);
    expect(chain.head.hash).toBe(ONE.hash);
    expect(chain.headerByHash(TWO.hash)).toBeUndefined();
    expect(told.filter((line) => /head|failure/.test(line))).toEqual(['head 1', 'failure']);
    await expect(give(THREE)).rejects.toBe(lost);
    await chain.close();
    // Whoever opens the store again finds the last block that was written, whole, and goes on from there.
    const again = await open(new MemoryStore(store.entries));
    expect(again.chain.head.hash).toBe(ONE.hash);
    expect(await again.give(TWO)).toBe('added');
    expect(await again.give(THREE)).toBe('added');
  });
});

describe('the same blocks', () => {
  /** Threads whose answers take turns of the event loop, the later the sooner. */
  const threads: Compute = {
    ...inlineCompute,
    threads: 2,
    decode: async (raws, rules) => {
      for (let turn = raws.length % 5; turn < 5; turn++) await new Promise(setImmediate);
      return decodeInTurns(raws, rules);
    },
    stop: async () => {},
  };

  it.each([
    ['all at once', inlineCompute, true],
    ['all at once, opened by threads', threads, true],
    ['one by one, opened by threads', threads, false],
  ] as const)('leave the same store when they are given %s', async (_, compute, isAtOnce) => {
    const plain = new MemoryStore();
    const { give } = await open(plain);
    for (const block of BLOCKS) expect(await give(block)).toBe('added');
    const store = new MemoryStore();
    const other = await open(store, compute);
    if (isAtOnce) expect(await Promise.all(BLOCKS.map(other.give))).toEqual(BLOCKS.map(() => 'added'));
    else for (const block of BLOCKS) expect(await other.give(block)).toBe('added');
    const sorted = (entries: MemoryStore['entries']) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(store.entries)).toEqual(sorted(plain.entries));
    expect(treeRoot(store)).toBe(BLOCKS.at(-1)?.header.stateRoot);
  });

  it('are opened by threads before their turn, some of them, and a wrong body is its block’s fault alone', async () => {
    const asked: number[] = [];
    const counting: Compute = {
      ...threads,
      decode: (raws, rules) => {
        asked.push(raws.length);
        return threads.decode(raws, rules);
      },
    };
    const { chain, give } = await open(new MemoryStore(), counting);
    const answers = [give(ONE), give({ ...TWO, body: ONE.body }), ...BLOCKS.slice(1).map(give)];
    // Before anything was executed: bodies that do not fit their header cost no signature.
    expect(asked).toEqual([6, 6, 6]);
    expect(await Promise.all(answers)).toEqual(['added', 'transactionsRoot', ...BLOCKS.slice(1).map(() => 'added')]);
    // Nothing is decoded twice.
    expect(asked).toEqual(BLOCKS.map(() => 6));
    expect(chain.head.hash).toBe(BLOCKS.at(-1)?.hash);
  });
});
