import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DayProfile } from '@wattchain/market';
import type { Hash } from 'viem';
import type { Connection } from '../client.js';
import { readWork, workCost } from '../workCost.js';
import { checkBalances, type DayLedger, readDay } from './dayLedger.js';
import { readRecord } from './dayRecord.js';
import { MACHINES, type MachineName } from './participants.js';
import type { DayCosts, NodeEnd } from './result.js';
import { Sender, type SentTransaction } from './sender.js';
import { type Household, TradingDay } from './tradingDay.js';

const HEADS_AGREE_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

/** The network on which a day is played: where the node of each machine answers, and where its data is. */
export interface DayNetwork {
  readonly genesisHash: Hash;
  readonly nodes: ReadonlyMap<MachineName, { readonly rpcUrl: string; readonly dataDir: string }>;
}

/** A day as the chain tells it, and what it cost. */
export interface PlayedDay {
  readonly ledger: DayLedger;
  readonly costs: DayCosts;
}

/** One day on a running network, from its first transaction to the costs: `begin`, `trade`, `finish`. */
export class DayRun {
  readonly #startedMs = Date.now();
  #acceptances: readonly SentTransaction[] = [];
  #tradeTransactions: readonly SentTransaction[] = [];
  #storedByTrade = 0;

  private constructor(
    private readonly network: DayNetwork,
    readonly day: TradingDay,
    private readonly firstBlock: bigint,
  ) {}

  /** Connects to the nodes and prepares the households. Errors: `foreignNode`, `dayFailed`. */
  static async begin(
    network: DayNetwork,
    profile: DayProfile,
    households: readonly Household[],
    progress: (text: string) => void,
  ): Promise<DayRun> {
    const sender = await Sender.connect(
      new Map([...network.nodes].map(([name, node]) => [name, node.rpcUrl])),
      network.genesisHash,
    );
    const day = new TradingDay(sender, profile, households, progress);
    const run = new DayRun(network, day, await sender.connection('home-1').client.getBlockNumber());
    await day.prepare();
    return run;
  }

  /** Plays the day's trades to their settlement; `measured` where the meters show something else than was promised. Errors: `dayFailed`. */
  async trade(measured?: DayProfile): Promise<void> {
    const { sent } = this.day.sender;
    const [sentBefore, storedBefore] = [sent.length, storedBytes(this.network)];
    this.#acceptances = await this.day.trade();
    await this.day.settle(measured);
    this.#tradeTransactions = sent.slice(sentBefore);
    this.#storedByTrade = storedBytes(this.network) - storedBefore;
  }

  /** Waits until everything is confirmed, reads the day from the chain and checks every balance. Errors: `dayFailed`. */
  async finish(): Promise<PlayedDay> {
    const { sender, profile, households, progress } = this.day;
    const connection = sender.connection('home-1');
    progress('waiting until everything has twelve confirmations …');
    await sender.wait(sender.sent, connection.genesis.confirmations);
    const record = await readRecord(connection, this.firstBlock);
    const ledger = readDay(connection, profile, households, record);
    await checkBalances(connection, ledger, households);
    const ends = await waitForOneHead(sender);
    const confirmedMs = (hash: Hash | undefined) => {
      const height = (hash && record.transactions.get(hash)?.height) ?? Number.NaN;
      return record.timestampsMs.get(height + connection.genesis.confirmations - 1) ?? Number.NaN;
    };
    const gasOf = ({ hash }: SentTransaction) => Number(record.transactions.get(hash)?.gasUsed ?? 0n);
    const span = await readBlocks(connection, Number(this.firstBlock));
    const { cost } = await connection.watt<StatusJson>('watt_status');
    const trades = Math.max(1, ledger.trades.length);
    const tradeBytes = this.#tradeTransactions.reduce((sum, { raw }) => sum + (raw.length - 2) / 2, 0);
    return {
      ledger,
      costs: {
        genesisHash: connection.genesis.hash,
        chainId: connection.genesis.chainId,
        ...span.figures,
        work: workCost({
          blocks: span.figures.blocks,
          work: span.work,
          joulesPerHash: cost.joulesPerHash,
          trades: ledger.trades.length,
          tradedMwh: ledger.trades.reduce((sum, { energyMwh }) => sum + energyMwh, 0n),
        }),
        transactions: sender.sent.length,
        gasUsed: sender.sent.reduce((sum, transaction) => sum + gasOf(transaction), 0),
        transactionBytesPerTrade: tradeBytes / trades,
        gasPerTrade: this.#tradeTransactions.reduce((sum, transaction) => sum + gasOf(transaction), 0) / trades,
        storedBytesPerTrade: this.#storedByTrade / trades,
        tradeMs: median(
          this.#acceptances.map(({ hash, sentMs }) => confirmedMs(ledger.settlements.get(hash)) - sentMs),
        ),
        confirmationMs: median(sender.sent.map(({ hash, sentMs }) => confirmedMs(hash) - sentMs)),
        dayMs: Date.now() - this.#startedMs,
        ends,
        headsAgree: new Set(ends.map((end) => `${end.hash} ${end.stateRoot}`)).size === 1,
      },
    };
  }
}

/** How many blocks came after `firstBlock`, how fast, and the tries to be expected of them. */
async function readBlocks(connection: Connection, firstBlock: number) {
  const { client, genesis } = connection;
  const last = await client.getBlock();
  const lastBlock = Number(last.number);
  // Genesis is older than the nodes, so the time to the first block is none between blocks.
  const timedFrom = await client.getBlock({ blockNumber: BigInt(Math.min(lastBlock, Math.max(1, firstBlock))) });
  const spanMs = Number(last.timestamp - timedFrom.timestamp) * 1_000;
  return {
    figures: {
      blocks: lastBlock - firstBlock,
      meanBlockIntervalMs: spanMs / Math.max(1, lastBlock - Number(timedFrom.number)),
      plannedBlockIntervalMs: genesis.blockIntervalMs,
    },
    work: await readWork(connection, firstBlock, lastBlock),
  };
}

/** What `watt_status` tells that a day needs. */
interface StatusJson {
  readonly head: { readonly hash: string; readonly height: number; readonly stateRoot: string };
  readonly cost: { readonly joulesPerHash: number };
}

/** Asks all nodes at once until they name one head; what they say at the deadline otherwise. */
async function waitForOneHead(sender: Sender): Promise<NodeEnd[]> {
  const deadline = Date.now() + HEADS_AGREE_TIMEOUT_MS;
  for (;;) {
    const ends = await Promise.all(
      MACHINES.map(async (machine): Promise<NodeEnd> => {
        const { head } = await sender.connection(machine).watt<StatusJson>('watt_status');
        return { machine, height: head.height, hash: head.hash, stateRoot: head.stateRoot };
      }),
    );
    if (new Set(ends.map((end) => end.hash)).size === 1 || Date.now() > deadline) return ends;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Size of home-1's database. */
function storedBytes({ nodes }: DayNetwork): number {
  const folder = join(nodes.get('home-1')?.dataDir ?? '', 'chain');
  return readdirSync(folder).reduce((sum, file) => {
    // Compaction may remove a file between the listing and the look at it.
    const size = statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0;
    return sum + size;
  }, 0);
}
