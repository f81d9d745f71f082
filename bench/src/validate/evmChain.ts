import { assert, type Transaction } from '@wattchain/core';
import { peerModule } from '../servers/peers.js';
import { START_COINS, TRADE_CHAIN_ID, tradeAddresses } from '../trades/tradeWorkload.js';

/** Gas of a block, more than any needs. */
const BLOCK_GAS = 1_000_000_000n;

const load = async (name: string): Promise<unknown> => import(peerModule('ethereumjs', `@ethereumjs/${name}`));

type Library = typeof import('@ethereumjs/block') &
  typeof import('@ethereumjs/common') &
  typeof import('@ethereumjs/statemanager') &
  typeof import('@ethereumjs/tx') &
  typeof import('@ethereumjs/util') &
  typeof import('@ethereumjs/vm');

async function loadAll(): Promise<Library> {
  const parts = await Promise.all(['block', 'common', 'statemanager', 'tx', 'util', 'vm'].map(load));
  return Object.assign({}, ...parts) as Library;
}

type Vm = Awaited<ReturnType<Library['createVM']>>;
export type EvmTransaction = ReturnType<Library['createTxFromRLP']>;
export type EvmBlock = ReturnType<Library['createBlock']>;

/** A chain of `@ethereumjs/vm` in this process, in memory, with the accounts of the workload. */
export class EvmChain {
  #height = 0;

  private constructor(
    private readonly library: Library,
    private readonly vm: Vm,
    private readonly startS: number,
  ) {}

  /** With its trie and caches in front of it, or with its plain state, which has no root and is the fastest. */
  static async create(state: 'trie' | 'plain', startS: number): Promise<EvmChain> {
    const library = await loadAll();
    const { Account, Caches, createAddressFromString, createCustomCommon, createVM, Hardfork, Mainnet } = library;
    const common = createCustomCommon({ chainId: TRADE_CHAIN_ID }, Mainnet, { hardfork: Hardfork.Shanghai });
    const stateManager =
      state === 'trie'
        ? new library.MerkleStateManager({ common, caches: new Caches() })
        : new library.SimpleStateManager({ common });
    for (const address of tradeAddresses()) {
      await stateManager.putAccount(createAddressFromString(address), new Account(0n, START_COINS));
    }
    const vm = await createVM({ common, stateManager });
    return new EvmChain(library, vm, startS);
  }

  /** Transactions of which it knows the senders already. */
  open(transactions: readonly Transaction[]): EvmTransaction[] {
    return transactions.map(({ raw }) => {
      const opened = this.library.createTxFromRLP(raw, { common: this.vm.common });
      opened.getSenderAddress();
      return opened;
    });
  }

  /** The next block, not executed. */
  blockOf(transactions: readonly EvmTransaction[]): EvmBlock {
    const number = ++this.#height;
    const header = { number, timestamp: this.startS + number, gasLimit: BLOCK_GAS, baseFeePerGas: 7n };
    return this.library.createBlock({ header, transactions: [...transactions], withdrawals: [] }, this.#options);
  }

  /** A block from its bytes; senders are not known yet. */
  decode(bytes: Uint8Array): EvmBlock {
    return this.library.createBlockFromRLP(bytes, this.#options);
  }

  /** Executes a block: state, receipts and their roots. */
  async runBlock(block: EvmBlock): Promise<void> {
    const { receipts } = await this.library.runBlock(this.vm, {
      block,
      generate: true,
      skipBlockValidation: true,
      skipHeaderValidation: true,
      skipHardForkValidation: true,
    });
    assert(
      receipts.every((receipt) => 'status' in receipt && receipt.status === 1),
      'every transaction succeeds',
    );
  }

  /** Executes transactions alone. */
  async runTransactions(transactions: readonly EvmTransaction[], block: EvmBlock): Promise<void> {
    for (const tx of transactions) {
      const { execResult } = await this.library.runTx(this.vm, { tx, block, skipHardForkValidation: true });
      assert(execResult.exceptionError === undefined, 'every transaction succeeds');
    }
  }

  get #options() {
    return { common: this.vm.common, skipConsensusFormatValidation: true };
  }
}
