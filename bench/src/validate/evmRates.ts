import type { SignedWorkload } from '../trades/signedWorkload.js';
import type { TradeCodes } from '../trades/tradeWorkload.js';
import { EvmChain, type EvmTransaction } from './evmChain.js';
import { blocksOf, type MachineMeasure, TRANSACTIONS_PER_BLOCK } from './machineRates.js';
import { cpuRate, type Extent } from './rivals.js';

/** The side of `@ethereumjs/vm` of the measures in this process; what does not belong to a measure is prepared once. */
export class EvmRates {
  readonly #workload: SignedWorkload;
  readonly #codes: TradeCodes;
  /** Its transactions with their senders, of which each costs some milliseconds. */
  readonly #opened = new Map<string, readonly EvmTransaction[]>();

  constructor(workload: SignedWorkload, codes: TradeCodes) {
    this.#workload = workload;
    this.#codes = codes;
  }

  /** With its plain state, which is the fastest, or with its trie. */
  async machineRate(measure: MachineMeasure, { warmUp, measured }: Extent): Promise<number> {
    const chain = await this.#chain(measure === 'vm' ? 'plain' : 'trie');
    const first = chain.blockOf(this.#setUp(chain));
    await chain.runTransactions(this.#setUp(chain), first);
    const transfers = this.#open(chain, 'transfers', () => this.#workload.transfers(0, warmUp + measured));
    const run = async (some: readonly EvmTransaction[]) => {
      if (measure === 'vm') await chain.runTransactions(some, first);
      else for (const block of blocksOf(some)) await chain.runBlock(chain.blockOf(block));
    };
    await run(transfers.slice(0, warmUp));
    return (await cpuRate(measured, () => run(transfers.slice(warmUp))))[1];
  }

  /** Blocks from their bytes, with its trie and caches: senders recovered, blocks of so many executed, with roots. */
  async importRate({ warmUp, measured }: Extent): Promise<number> {
    const chain = await this.#chain('trie');
    await chain.runBlock(chain.blockOf(this.#setUp(chain)));
    const trades = this.#open(chain, 'trades', () => this.#workload.trades(0, warmUp + measured));
    const blocks = blocksOf(trades).map((block) => chain.blockOf(block).serialize());
    const run = async (some: readonly Uint8Array[]) => {
      for (const bytes of some) await chain.runBlock(chain.decode(bytes));
    };
    const warmBlocks = Math.floor(warmUp / TRANSACTIONS_PER_BLOCK);
    await run(blocks.slice(0, warmBlocks));
    const count = trades.length - warmBlocks * TRANSACTIONS_PER_BLOCK;
    return (await cpuRate(count, () => run(blocks.slice(warmBlocks))))[1];
  }

  #chain(state: 'trie' | 'plain'): Promise<EvmChain> {
    return EvmChain.create(state, this.#workload.startS);
  }

  #setUp(chain: EvmChain): readonly EvmTransaction[] {
    return this.#open(chain, 'setUp', () => this.#workload.setUp(this.#codes));
  }

  #open(chain: EvmChain, name: string, transactions: () => Parameters<EvmChain['open']>[0]): readonly EvmTransaction[] {
    const opened = this.#opened.get(name) ?? chain.open(transactions());
    this.#opened.set(name, opened);
    return opened;
  }
}
