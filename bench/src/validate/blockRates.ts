import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Address,
  addressOf,
  assert,
  encodeBody,
  fromHex,
  type Hash,
  type Header,
  type RecoverySource,
  recoverPublicKeyByNoble,
  sha256,
  type Transaction,
  textToBytes,
} from '@wattchain/core';
import {
  buildTemplate,
  Chain,
  Mempool,
  NODE_DEFAULTS,
  openLevelStore,
  type Runtime,
  runInTurns,
  silentLogger,
  systemRuntime,
} from '@wattchain/node';
import { median, medianRatio, percentile } from '../statistics.js';
import { cpuRate, type RivalMeasure } from './rivals.js';
import { makeWorkload, workloadGenesis } from './workload.js';

const MINER: Address = addressOf(sha256(textToBytes('the miner of the benchmark')));
/** As many as one message of JSON-RPC may have. */
const BATCH = 100;
/** Signatures that noble recovers in a round: a second or so. */
const NOBLE_SIGNATURES = 300;
const NOBLE_SIGNATURES_QUICK = 8;

interface FullBlock {
  readonly header: Header;
  readonly body: Uint8Array;
}

interface Mined {
  readonly head: Hash;
  readonly blocks: readonly FullBlock[];
}

/** What the way of a block gives: how many transactions a CPU second, beside noble's recoveries in the same run, and the last block. */
export interface BlockRates {
  readonly rivals: readonly RivalMeasure[];
  /** Processor time between two turns of the event loop while blocks are imported: how long a client waits at worst. */
  readonly turns: TurnTimes;
  readonly head: Hash;
}

/** Milliseconds of this process's processor time. */
export interface TurnTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Measures two ways of the same signed transactions, each through a chain in a folder of its own: `mined`, from their bytes through the
 * pool and templates into blocks, and `import`, those blocks into a chain that has seen none of them, as a new node does. Between them
 * noble recovers senders. Rates are per CPU second of this process, the threads of the database included.
 */
export async function measureBlocks(
  { rounds, transactions: count }: { readonly rounds: number; readonly transactions: number },
  progress: (text: string) => void,
): Promise<BlockRates> {
  const transactions = makeWorkload(count);
  const warmUp = await inFolder((folder) => mine(folder, transactions.slice(0, Math.ceil(count / 10))));
  await inFolder((folder) => take(folder, warmUp));
  const sources = recoverySources(transactions, count < 1_000 ? NOBLE_SIGNATURES_QUICK : NOBLE_SIGNATURES);
  const rates = { mined: [] as number[], imported: [] as number[], noble: [] as number[] };
  let head: Hash | undefined;
  for (let round = 1; round <= rounds; round++) {
    progress(`blocks, round ${round} of ${rounds} …`);
    const [mined, minedRate] = await cpuRate(count, () => inFolder((folder) => mine(folder, transactions)));
    const [, importRate] = await cpuRate(count, () => inFolder((folder) => take(folder, mined)));
    const [, nobleRate] = await cpuRate(sources.length, () => sources.map(recoverPublicKeyByNoble));
    assert(head === undefined || head === mined.head, 'every round makes the same blocks');
    head = mined.head;
    rates.mined.push(minedRate);
    rates.imported.push(importRate);
    rates.noble.push(nobleRate);
  }
  const against = (measure: string, ours: readonly number[]): RivalMeasure => ({
    name: '@noble/secp256k1',
    measure,
    ratio: medianRatio(ours, rates.noble),
    ours: median(ours),
    theirs: median(rates.noble),
  });
  assert(head !== undefined, 'there is a round');
  const { blocks } = await inFolder((folder) => mine(folder, transactions));
  const turns = await inFolder((folder) => timeTurns(() => take(folder, { head: head as Hash, blocks })));
  return { rivals: [against('mined', rates.mined), against('import', rates.imported)], turns, head };
}

/** Looks at the processor's clock in every turn of the event loop while something runs. */
async function timeTurns(run: () => Promise<void>): Promise<TurnTimes> {
  const timesMs: number[] = [];
  let lastUs = cpuUs();
  const look = () => {
    const nowUs = cpuUs();
    timesMs.push((nowUs - lastUs) / 1_000);
    lastUs = nowUs;
    next = setImmediate(look);
  };
  let next = setImmediate(look);
  await run();
  clearImmediate(next);
  // What waits for the disk is turns of no length, which nobody has to wait for.
  const busyMs = timesMs.filter((timeMs) => timeMs >= 1);
  if (busyMs.length === 0) return { p50Ms: 0, p99Ms: 0, maxMs: 0 };
  return { p50Ms: percentile(busyMs, 50), p99Ms: percentile(busyMs, 99), maxMs: percentile(busyMs, 100) };
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Takes the transactions into a pool as a client sends them, in batches, and mines until it is empty. */
async function mine(folder: string, transactions: readonly Transaction[]): Promise<Mined> {
  const genesis = workloadGenesis();
  return withChain(folder, async (chain, runtime) => {
    const { length } = transactions;
    const config = { ...NODE_DEFAULTS.mempool, maxTransactions: length, maxPerAccount: length };
    const pool = new Mempool({ chain, config, runtime, log: silentLogger });
    chain.on('head', (event) => pool.onHead(event));
    for (let from = 0; from < length; from += BATCH) {
      const raws = transactions.slice(from, from + BATCH).map(({ raw }) => raw);
      const outcomes = await runInTurns(pool.addRawsInPieces(raws, 'local'));
      assert(
        outcomes.every(({ fault }) => fault === undefined),
        'the pool takes every transaction',
      );
    }
    const blocks: FullBlock[] = [];
    while (pool.size > 0) {
      const nowMs = chain.head.header.timestampMs + genesis.blockIntervalMs;
      const template = buildTemplate({ chain, candidates: pool.executable(), miner: MINER, nowMs });
      assert(template !== undefined, 'the state of the head is there');
      const { header } = template;
      const body = encodeBody(template.transactions);
      const { value } = await chain.acceptBlock(header, body, 'miner', template);
      assert(value === 'added', 'the chain takes its own block');
      blocks.push({ header, body });
    }
    return { head: chain.head.hash, blocks };
  });
}

/** Takes the blocks into an empty chain. */
async function take(folder: string, { head, blocks }: Mined): Promise<void> {
  await withChain(folder, async (chain) => {
    for (const { header, body } of blocks) {
      const { value } = await chain.acceptBlock(header, body);
      assert(value === 'added', 'the chain takes every block');
    }
    assert(chain.head.hash === head, 'both chains end with the same block');
  });
}

async function withChain<T>(folder: string, use: (chain: Chain, runtime: Runtime) => Promise<T>): Promise<T> {
  const { recheckOneIn } = NODE_DEFAULTS;
  const runtime = systemRuntime();
  const store = await openLevelStore(folder);
  const chain = await Chain.open({ store, genesis: workloadGenesis(), runtime, log: silentLogger, recheckOneIn });
  try {
    return await use(chain, runtime);
  } finally {
    await chain.close();
    await store.close();
  }
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'wattchain-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function recoverySources(transactions: readonly Transaction[], count: number): RecoverySource[] {
  return transactions.slice(0, count).map(({ hash, signature: { r, s, recovery } }) => {
    // Any digest gives some key; which one does not matter here.
    return { digest: fromHex(hash), r, s, yParity: recovery };
  });
}
