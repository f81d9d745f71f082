import {
  type Address,
  addressOf,
  assert,
  encodeBody,
  fromHex,
  type Genesis,
  type Hash,
  type Header,
  type RecoverySource,
  sha256,
  type Transaction,
  textToBytes,
} from '@wattchain/core';
import { buildTemplate } from '@wattchain/node';
import { inFolder, withChain } from '../chainOnDisk.js';
import { percentile } from '../statistics.js';
import { ownCodes } from '../trades/contractCodes.js';
import { easyGenesis } from '../trades/easyGenesis.js';
import type { SignedWorkload } from '../trades/signedWorkload.js';
import { cpuRate, type Extent } from './rivals.js';

const MINER: Address = addressOf(sha256(textToBytes('the miner of the benchmark')));
const BLOCK_GAS = 30_000_000;

interface FullBlock {
  readonly header: Header;
  readonly body: Uint8Array;
}

interface Mined {
  readonly head: Hash;
  readonly blocks: readonly FullBlock[];
}

/** Milliseconds of this process's processor time. */
export interface TurnTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Full blocks of trades, which an empty chain takes as a new node does: senders recovered, executed, on disk. */
export class ImportedBlocks {
  private constructor(
    private readonly genesis: Genesis,
    private readonly mined: Mined,
    private readonly trades: readonly Transaction[],
    private readonly warmUp: Mined,
  ) {}

  /** Makes them, and some fewer with which code gets warm. */
  static async make(workload: SignedWorkload, { warmUp, measured }: Extent): Promise<ImportedBlocks> {
    const genesis = easyGenesis(workload.startS, BLOCK_GAS);
    const setUp = workload.setUp(ownCodes());
    const trades = workload.trades(0, measured);
    const first = await inFolder((folder) => mine(folder, genesis, [...setUp, ...trades.slice(0, warmUp)]));
    const mined = await inFolder((folder) => mine(folder, genesis, [...setUp, ...trades]));
    return new ImportedBlocks(genesis, mined, trades, first);
  }

  /** Transactions a CPU second of this process, its threads and those of the database included. */
  async rate(): Promise<number> {
    await inFolder((folder) => take(folder, this.genesis, this.warmUp));
    const [, rate] = await cpuRate(this.trades.length, () =>
      inFolder((folder) => take(folder, this.genesis, this.mined)),
    );
    return rate;
  }

  /** How long others wait meanwhile. */
  turns(): Promise<TurnTimes> {
    return inFolder((folder) => timeTurns(() => take(folder, this.genesis, this.mined)));
  }

  /** Some of their signatures. */
  signatures(count: number): RecoverySource[] {
    return this.trades.slice(0, count).map(({ hash, signature: { r, s, recovery } }) => {
      // Any digest gives some key; which one does not matter here.
      return { digest: fromHex(hash), r, s, yParity: recovery };
    });
  }
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

/** Blocks as full as they get: what prepares the market, then the trades. */
async function mine(folder: string, genesis: Genesis, transactions: readonly Transaction[]): Promise<Mined> {
  return withChain(folder, genesis, async (chain) => {
    const blocks: FullBlock[] = [];
    for (let rest = [...transactions]; rest.length > 0; ) {
      const nowMs = chain.head.header.timestampMs + chain.genesis.blockIntervalMs;
      const template = buildTemplate({ chain, candidates: rest, miner: MINER, nowMs });
      assert(template !== undefined && template.transactions.length > 0, 'a block takes some of them');
      const { header } = template;
      const body = encodeBody(template.transactions);
      const { value } = await chain.acceptBlock(header, body, 'miner', template);
      assert(value === 'added', 'the chain takes its own block');
      blocks.push({ header, body });
      const taken = new Set(template.transactions);
      rest = rest.filter((transaction) => !taken.has(transaction));
    }
    return { head: chain.head.hash, blocks };
  });
}

/** Takes the blocks into an empty chain. */
async function take(folder: string, genesis: Genesis, { head, blocks }: Mined): Promise<void> {
  await withChain(folder, genesis, async (chain) => {
    for (const { header, body } of blocks) {
      const { value } = await chain.acceptBlock(header, body);
      assert(value === 'added', 'the chain takes every block');
    }
    assert(chain.head.hash === head, 'both chains end with the same block');
  });
}
