/** A pool on a head whose state the test writes. */
import {
  type Address,
  accountKey,
  encodeAccount,
  type Hash,
  type KeyValueReader,
  MemoryKeyValues,
  runToEnd,
  type Transaction,
  toHex,
} from '@wattchain/core';
import { silentLogger } from '../src/base/log.js';
import { KnownTransactions } from '../src/chain/knownTransactions.js';
import type { HeadEvent } from '../src/chain/types.js';
import { type MempoolConfig, NODE_DEFAULTS } from '../src/config.js';
import { Mempool } from '../src/mempool/mempool.js';
import { ALICE, BOB, CAROL, ChainKit, TEST_START_MS, type TestAccount, testTransaction } from './chainKit.js';
import { ManualRuntime } from './manualRuntime.js';

export const kit = new ChainKit();
export const { genesis, genesisBlock } = kit;
export const PRICE = genesis.minGasPriceWei;
export const TRANSFER_COST = 21_000n * PRICE;

/** A pool on a head whose state the test writes. */
export function createPool(limits: Partial<MempoolConfig> = {}) {
  const runtime = new ManualRuntime(TEST_START_MS);
  const state = new MemoryKeyValues();
  const reads: Address[] = [];
  const reader: KeyValueReader = {
    get(key) {
      reads.push(toHex(key.subarray(1)));
      return state.get(key);
    },
  };
  const stateAt = () => reader;
  const chain = { genesis, head: genesisBlock.record, stateAt, known: new KnownTransactions() };
  const pool = new Mempool({ chain, config: { ...NODE_DEFAULTS.mempool, ...limits }, runtime, log: silentLogger });
  const setAccount = ({ address }: TestAccount, nonce: number, balance: bigint) =>
    state.set(accountKey(address), encodeAccount({ nonce, balance, codeHash: null }));
  for (const account of [ALICE, BOB, CAROL]) setAccount(account, 0, 10n ** 18n);
  const added: Hash[] = [];
  pool.on('added', ({ hash }) => added.push(hash));
  const head = (event: Partial<HeadEvent> = {}) =>
    pool.onHead({ head: genesisBlock.record, added: [], removed: [], changedAccounts: 'all', ...event });
  const block = (transactions: readonly Transaction[]) => ({ record: genesisBlock.record, transactions, receipts: [] });
  return { pool, runtime, chain, setAccount, added, head, block, reads };
}

/** A transfer of somebody, or what `fields` say. */
export const tx = (from: TestAccount, nonce: number, fields: Parameters<typeof testTransaction>[2] = {}) =>
  testTransaction(genesis, from, { nonce, ...fields });

export const hashes = (transactions: Iterable<Transaction>) => [...transactions].map(({ hash }) => hash);
export const contentOf = (pool: Mempool) => runToEnd(pool.contentInPieces());
export const entryOf = (pool: Mempool, hash: Hash) => runToEnd(pool.entryInPieces(hash));
