import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, addressOf, assert, encodeBody, sha256, textToBytes } from '@wattchain/core';
import {
  buildTemplate,
  Chain,
  measureStore,
  NODE_DEFAULTS,
  openLevelStore,
  type StorePart,
  silentLogger,
  systemRuntime,
} from '@wattchain/node';
import { tradeGenesis, tradeTransactions } from './tradeWorkload.js';

const MINER: Address = addressOf(sha256(textToBytes('the miner of the benchmark')));

/** What the folder of a node's chain takes after a number of transactions. */
export interface DiskReport {
  readonly node: string;
  readonly transactions: number;
  readonly blocks: number;
  readonly transactionsPerBlock: number;
  /** Of all files, after the node has closed it. */
  readonly folderBytes: number;
  /** How long closing took. */
  readonly closeMs: number;
  readonly parts: readonly StorePart[];
}

/** How much is measured. */
export interface DiskExtent {
  readonly transactions: number;
  readonly transactionsPerBlock: number;
}

/**
 * Fills a chain in a folder of its own with trades (a quarter offers, a quarter acceptances, half transfers), closes it as a node does,
 * and looks at what is there: files, and the bytes of every kind of value.
 */
export async function measureDisk(
  { transactions, transactionsPerBlock }: DiskExtent,
  progress: (text: string) => void,
): Promise<DiskReport> {
  const folder = await mkdtemp(join(tmpdir(), 'wattchain-disk-'));
  try {
    const { blocks, closeMs } = await fill(folder, { transactions, transactionsPerBlock }, progress);
    const folderBytes = await bytesOfFiles(folder);
    const parts = await measureStore(folder);
    return { node: process.version, transactions, blocks, transactionsPerBlock, folderBytes, closeMs, parts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(
  folder: string,
  { transactions, transactionsPerBlock }: DiskExtent,
  progress: (text: string) => void,
): Promise<{ blocks: number; closeMs: number }> {
  const genesis = tradeGenesis();
  const { recheckOneIn } = NODE_DEFAULTS;
  const store = await openLevelStore(folder);
  const chain = await Chain.open({ store, genesis, runtime: systemRuntime(), log: silentLogger, recheckOneIn });
  for (let first = 0; first < transactions; first += transactionsPerBlock) {
    const candidates = tradeTransactions(first, Math.min(transactionsPerBlock, transactions - first));
    const nowMs = chain.head.header.timestampMs + genesis.blockIntervalMs;
    const template = buildTemplate({ chain, candidates, miner: MINER, nowMs });
    assert(template?.transactions.length === candidates.length, 'a block has room for its transactions');
    const { value } = await chain.acceptBlock(template.header, encodeBody(template.transactions), 'miner', template);
    assert(value === 'added', 'the chain takes its own block');
    if (chain.head.header.height % 50 === 0) progress(`${first + candidates.length} of ${transactions} transactions …`);
  }
  const blocks = chain.head.header.height;
  const startMs = performance.now();
  await chain.close();
  await store.close();
  return { blocks, closeMs: performance.now() - startMs };
}

async function bytesOfFiles(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
