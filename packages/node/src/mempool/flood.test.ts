/** Who fills the pool, for nothing or for fees: honest transactions come in and get into blocks all the same. */
import { accountKey, encodeAccount, type Hash, MemoryKeyValues, runToEnd, type Transaction } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  CAROL,
  ChainKit,
  TEST_START_MS,
  type TestAccount,
  testAccount,
  testTransaction,
} from '../../testing/chainKit.js';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { silentLogger } from '../base/log.js';
import { KnownTransactions } from '../chain/knownTransactions.js';
import { type MempoolConfig, NODE_DEFAULTS } from '../config.js';
import { Mempool } from './mempool.js';

const { genesis, genesisBlock } = new ChainKit();
const PRICE = genesis.minGasPriceWei;
const COINS = 10n ** 18n;
const tx = (from: TestAccount, nonce: number, fields: Parameters<typeof testTransaction>[2] = {}) =>
  testTransaction(genesis, from, { nonce, ...fields });
const accounts = (count: number) => Array.from({ length: count }, (_, i) => testAccount(`flood ${i}`));

/** A pool whose accounts have what the test says; Alice, Bob and Carol have coins. */
function createPool(rich: readonly TestAccount[], limits: Partial<MempoolConfig> = {}) {
  const runtime = new ManualRuntime(TEST_START_MS);
  const state = new MemoryKeyValues();
  for (const { address } of [ALICE, BOB, CAROL, ...rich]) {
    state.set(accountKey(address), encodeAccount({ nonce: 0, balance: COINS, codeHash: null }));
  }
  const chain = { genesis, head: genesisBlock.record, stateAt: () => state, known: new KnownTransactions() };
  const pool = new Mempool({ chain, config: { ...NODE_DEFAULTS.mempool, ...limits }, runtime, log: silentLogger });
  return { pool, runtime };
}

const codeOf = ({ value, fault }: ReturnType<Mempool['add']>) => value ?? fault?.code;
const isInNextBlock = (pool: Mempool, hash: Hash) => runToEnd(pool.entryInPieces(hash))?.reason.code === 'notMinedYet';

describe('a flood of accounts without coins', () => {
  it('takes no place', () => {
    const { pool } = createPool([]);
    for (const account of accounts(100)) expect(codeOf(pool.add(tx(account, 0), 'gossip'))).toBe('insufficientFunds');
    expect(pool.size).toBe(0);
    const honest = tx(ALICE, 0);
    pool.add(honest, 'local');
    expect(isInNextBlock(pool, honest.hash)).toBe(true);
  });

  it('with a few coins for one transaction does not pay for many at once', () => {
    const { pool } = createPool([]);
    const cost = 21_000n * PRICE;
    // Each alone could be paid, all together not.
    const overdraft = Array.from({ length: 8 }, (_, nonce) => tx(ALICE, nonce, { value: COINS - cost }));
    for (const transaction of overdraft) expect(codeOf(pool.add(transaction, 'gossip'))).toBe('added');
    expect([...pool.executable()].map(({ nonce }) => nonce)).toEqual([0]);
    expect(pool.load).toMatchObject({ ready: 1, queued: 7 });
  });
});

describe('a flood of accounts with coins', () => {
  it('of a whole pool is passed by for one wei more, and pushes out nothing that was sent through this node', () => {
    const rich = accounts(64);
    const { pool } = createPool(rich, { maxTransactions: 1_024 });
    for (const account of rich) {
      for (let nonce = 0; nonce < 16; nonce++) pool.add(tx(account, nonce), 'gossip');
    }
    expect(pool.size).toBe(1_024);
    const [own, other] = [tx(ALICE, 0, { gasPrice: PRICE + 1n }), tx(BOB, 0, { gasPrice: PRICE + 1n })];
    expect(codeOf(pool.add(own, 'local'))).toBe('added');
    expect(codeOf(pool.add(other, 'gossip'))).toBe('added');
    expect([own, other].map(({ hash }) => isInNextBlock(pool, hash))).toEqual([true, true]);
    // At the same price who was there first is mined first, and pays: this one has to come again.
    expect(codeOf(pool.add(tx(CAROL, 0), 'gossip'))).toBe('poolFull');
    // However much more the flood pays from now on, it does not push out what was sent through this node.
    for (const account of rich) pool.add(tx(account, 16, { gasPrice: 9n * PRICE }), 'gossip');
    expect([pool.has(own.hash), pool.size]).toEqual([true, 1_024]);
  });

  it('through a node’s own door keeps half of its pool at most', () => {
    const { pool } = createPool([], { maxTransactions: 16 });
    for (let nonce = 0; nonce < 16; nonce++) pool.add(tx(ALICE, nonce), 'local');
    const others = Array.from({ length: 10 }, (_, nonce) =>
      codeOf(pool.add(tx(BOB, nonce, { gasPrice: 2n * PRICE }), 'gossip')),
    );
    expect(others).toEqual([...Array(8).fill('added'), 'poolFull', 'poolFull']);
    expect([...pool.executable()].filter(({ sender }) => sender === ALICE.address)).toHaveLength(8);
    // Who pays less than they do does not push them out.
    expect(codeOf(pool.add(tx(CAROL, 0, { gasPrice: PRICE }), 'gossip'))).toBe('poolFull');
  });

  it('that cannot be paid any more makes room for everybody', () => {
    const { pool } = createPool([], { maxTransactions: 64 });
    for (let nonce = 0; nonce < 64; nonce++) pool.add(tx(ALICE, nonce, { gasPrice: 5n * PRICE }), 'gossip');
    expect(codeOf(pool.add(tx(BOB, 0), 'gossip'))).toBe('poolFull');
    // It takes the first back and moves its coins away, so that the others cost it nothing.
    const gasPrice = 6n * PRICE;
    expect(codeOf(pool.add(tx(ALICE, 0, { gasPrice, value: COINS - 21_000n * gasPrice }), 'gossip'))).toBe('replaced');
    const honest = [tx(BOB, 0), tx(CAROL, 0)];
    for (const transaction of honest) expect(codeOf(pool.add(transaction, 'gossip'))).toBe('added');
    expect(honest.map(({ hash }) => isInNextBlock(pool, hash))).toEqual([true, true]);
  });

  it('with gaps in its nonces has places of its own, which are bounded, and pushes nobody out', () => {
    const rich = accounts(40);
    const { pool } = createPool(rich, { maxTransactions: 64, maxQueued: 32 });
    const honest = [tx(ALICE, 0), tx(BOB, 0)];
    for (const transaction of honest) pool.add(transaction, 'gossip');
    for (const account of rich) {
      for (let nonce = 1; nonce < 40; nonce++) pool.add(tx(account, nonce, { gasPrice: 9n * PRICE }), 'gossip');
    }
    expect(pool.load).toMatchObject({ ready: 2, queued: 32 });
    expect(honest.map(({ hash }) => isInNextBlock(pool, hash))).toEqual([true, true]);
    expect(codeOf(pool.add(tx(CAROL, 0), 'gossip'))).toBe('added');
  });
});

describe('replacements', () => {
  /** The next price that may take the place of this one. */
  const raised = (price: bigint) => price + price / 10n + 1n;

  it('of one account are ten in a minute, whatever they pay and wherever they come from', () => {
    const { pool, runtime } = createPool([]);
    let price = PRICE;
    const replace = (nonce: number): ReturnType<typeof codeOf> => {
      price = raised(price);
      return codeOf(pool.add(tx(ALICE, nonce, { gasPrice: price }), nonce === 0 ? 'gossip' : 'local'));
    };
    for (const nonce of [0, 1]) pool.add(tx(ALICE, nonce), 'local');
    expect(Array.from({ length: 10 }, (_, i) => replace(i % 2))).toEqual(Array(10).fill('replaced'));
    const before: readonly Transaction[] = [...pool.executable()];
    expect([replace(0), replace(1)]).toEqual(['replacementLimit', 'replacementLimit']);
    // What was there stays, and can be mined.
    expect([...pool.executable()]).toEqual(before);
    runtime.advance(6_000);
    expect([replace(0), replace(0)]).toEqual(['replaced', 'replacementLimit']);
    runtime.advance(3_600_000);
    expect(Array.from({ length: 11 }, () => replace(0)).filter((code) => code === 'replaced')).toHaveLength(10);
  });

  it('that do not pay enough are not counted, and nobody else’s are', () => {
    const { pool } = createPool([]);
    for (const account of [ALICE, BOB]) pool.add(tx(account, 0), 'gossip');
    for (let i = 0; i < 100; i++) {
      expect(codeOf(pool.add(tx(ALICE, 0, { gasPrice: PRICE + 1n, value: BigInt(i) }), 'gossip'))).toBe(
        'replacementUnderpriced',
      );
    }
    expect(codeOf(pool.add(tx(ALICE, 0, { gasPrice: raised(PRICE) }), 'gossip'))).toBe('replaced');
    expect(codeOf(pool.add(tx(BOB, 0, { gasPrice: raised(PRICE) }), 'gossip'))).toBe('replaced');
  });
});
