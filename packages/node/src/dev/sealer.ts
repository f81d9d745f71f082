import { type Address, assert, encodeBody, type Hash, type Transaction, ZERO_ADDRESS } from '@wattchain/core';
import { SerialQueue } from '../base/serialQueue.js';
import { nextTurn, runInTurns } from '../base/turn.js';
import type { Chain } from '../chain/chain.js';
import type { Mempool } from '../mempool/mempool.js';
import { buildTemplateInPieces } from '../miner/template.js';
import type { Cancel, Scheduler } from '../runtime.js';
import type { DevelopmentTime } from './time.js';

/** Tasks that may wait for the chain: more than the connections that could send one each. */
const MAX_WAITING_TASKS = 1_024;
/** Blocks made in a row before other work gets its turn. */
const BLOCKS_PER_TURN = 32;

/** What a sealer needs. */
export interface SealerOptions {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly time: DevelopmentTime;
  readonly scheduler: Scheduler;
  /** Told of what the chain cannot go on with. */
  readonly onFailure: (error: unknown) => void;
}

/** When blocks are made without being asked for. */
export interface SealingMode {
  /** A block for every transaction at once, for those that come together one block. */
  readonly automine: boolean;
  /** A block with all that waits every so often; 0: none. */
  readonly intervalMs: number;
}

/**
 * Makes the blocks of a development chain, one task at a time: a template like any miner's, without a search, which the chain
 * validates like any block.
 */
export class Sealer {
  /** Earns the fees of the blocks to come. */
  miner: Address = ZERO_ADDRESS;
  readonly #options: SealerOptions;
  readonly #queue = new SerialQueue('the development chain', MAX_WAITING_TASKS);
  #mode: SealingMode = { automine: false, intervalMs: 0 };
  #cancelInterval: Cancel | undefined;
  /** Whether a task that looks at the pool, or makes a block of the interval, waits already. */
  #isPoolDue = false;
  /** What has come since the last look at the pool: it goes into one block. */
  #arrived = new Set<Hash>();
  #isBlockDue = false;

  constructor(options: SealerOptions) {
    this.#options = options;
    options.mempool.on('added', ({ hash }) => {
      if (this.#mode.automine) this.#arrived.add(hash);
      this.#lookAtPool();
    });
  }

  get mode(): SealingMode {
    return this.#mode;
  }

  /** Changes when blocks are made; what waits is sealed at once when that is now due. */
  setMode(mode: SealingMode): void {
    this.#cancelInterval?.();
    this.#mode = mode;
    this.#cancelInterval =
      mode.intervalMs === 0
        ? undefined
        : this.#options.scheduler.setInterval(() => this.#sealAtInterval(), mode.intervalMs);
    this.#lookAtPool();
  }

  /** Runs a task while no block is made. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#queue.run(task);
  }

  /** Resolves when everything that was asked for so far is done. */
  settled(): Promise<void> {
    return this.#queue.idle();
  }

  /** Makes blocks in a row; the first takes what waits in the pool. With a step, each later one says so much more time. */
  mine(count: number, stepMs: number): Promise<void> {
    return this.exclusively(async () => {
      for (let made = 0; made < count; made++) {
        if (made > 0 && made % BLOCKS_PER_TURN === 0) await nextTurn();
        const parentMs = this.#parentMs();
        const timestampMs = made > 0 && stepMs > 0 ? parentMs + stepMs : this.#options.time.take(parentMs);
        await this.#seal(this.#options.mempool.executable(), timestampMs);
      }
    });
  }

  /** Makes a block of one transaction that is not of the pool, a millisecond after its parent. For tasks that run exclusively. */
  async sealOne(transaction: Transaction): Promise<void> {
    const sealed = await this.#seal([transaction], this.#parentMs() + 1);
    assert(sealed === 1, 'a transaction that was made for a block fits it');
  }

  /** Makes no more blocks by itself and waits for the one in progress. */
  async stop(): Promise<void> {
    this.setMode({ automine: false, intervalMs: 0 });
    await this.settled();
  }

  #lookAtPool(): void {
    if (!this.#mode.automine || this.#isPoolDue) return;
    this.#isPoolDue = true;
    this.#runAlone(async () => {
      this.#isPoolDue = false;
      const together = this.#arrived;
      this.#arrived = new Set();
      const { mempool, time } = this.#options;
      for (let next = this.#nextOf(together); next.length > 0; next = this.#nextOf(together)) {
        const sealed = await this.#seal(next, time.take(this.#parentMs()));
        // What the pool thinks ready and execution does not would be tried for ever.
        if (sealed === 0) mempool.remove((next[0] as Transaction).hash);
      }
    });
  }

  /** What of the pool goes into the next block: those that came together, else the first of those whose turn is not yet to come. */
  #nextOf(together: ReadonlySet<Hash>): readonly Transaction[] {
    const { mempool } = this.#options;
    if (together.size > 0) {
      const ready = [...mempool.executable()].filter(({ hash }) => together.has(hash));
      if (ready.length > 0) return ready;
    }
    for (const transaction of mempool.executable()) if (!this.#arrived.has(transaction.hash)) return [transaction];
    return [];
  }

  #sealAtInterval(): void {
    if (this.#isBlockDue) return;
    this.#isBlockDue = true;
    this.#runAlone(async () => {
      this.#isBlockDue = false;
      const { mempool, time } = this.#options;
      await this.#seal(mempool.executable(), time.take(this.#parentMs()));
    });
  }

  /** A task that nobody waits for. */
  #runAlone(task: () => Promise<void>): void {
    this.#queue.run(task).catch(this.#options.onFailure);
  }

  /** The number of transactions in the block. */
  async #seal(candidates: Iterable<Transaction>, timestampMs: number): Promise<number> {
    const { chain } = this.#options;
    const source = { chain, candidates, miner: this.miner, nowMs: timestampMs };
    const template = await runInTurns(buildTemplateInPieces(source));
    assert(template !== undefined, 'the state of the head is there, and nobody else moves it');
    const { header, transactions } = template;
    const { fault } = await chain.acceptBlock(header, encodeBody(transactions), 'sealer', template);
    assert(fault === undefined, `the chain refuses its own block: ${fault?.code}`);
    return transactions.length;
  }

  #parentMs(): number {
    return this.#options.chain.head.header.timestampMs;
  }
}
