import {
  type Address,
  assert,
  type BlockFault,
  encodeHeader,
  fromHex,
  type Genesis,
  type Hash,
  type Log,
  type Receipt,
  runToEnd,
  StateJournal,
  signTransaction,
  type Transaction,
  toHex,
  WattchainError,
} from '@wattchain/core';
import { Chain, NODE_DEFAULTS, type Runtime, type Store, silentLogger, systemRuntime } from '@wattchain/node';
import { callContract, describeFailure } from '@wattchain/vm';
import { type Abi, decodeErrorResult, decodeFunctionResult, encodeFunctionData, type Hex, parseEventLogs } from 'viem';
import { encodeBlock } from './blockFile.js';
import { type BlockSource, MINER } from './blockSource.js';

/** Who signs. */
export interface ChainAccount {
  readonly name: string;
  readonly address: Address;
  readonly privateKey: Uint8Array;
}

/** A contract on the chain. */
export interface ChainContract {
  readonly name: string;
  readonly address: Address;
  readonly abi: Abi;
}

/** A transaction in a block. */
export interface Included {
  readonly hash: Hash;
  readonly receipt: Receipt;
}

/** Gas that a call may use unless somebody says otherwise: what is not used costs nothing. */
const CALL_GAS = 2_000_000;
/** For what takes a block of its own. */
export const BLOCK_GAS = 29_000_000;

/** What a chain is made of. */
export interface CommunityChainOptions {
  readonly genesis: Genesis;
  /** An empty store, which its owner closes. */
  readonly store: Store;
  readonly source: BlockSource;
  /** Gets every block as the exported file has it, in order. */
  readonly onBlock: (block: Uint8Array) => void;
}

/** What it took so far. */
export interface ChainCounts {
  blocks: number;
  transactions: number;
  gas: bigint;
  bytes: number;
}

/**
 * A chain as a run sees it: signed transactions go into blocks, at the time that is asked for or later, wherever the blocks come from; the
 * node's own chain in this process validates each of them and keeps its state.
 */
export class CommunityChain {
  readonly counts: ChainCounts = { blocks: 0, transactions: 0, gas: 0n, bytes: 0 };
  /** Called after each block; what it throws ends the run. */
  afterBlock: () => void = () => {};
  /** Called with every transaction of a block. */
  onIncluded: (included: Included) => void = () => {};
  readonly #nonces = new Map<Address, number>();
  /** What was sent and is in no block yet, in its order. */
  readonly #waiting = new Map<Hash, { readonly transaction: Transaction; readonly contract: ChainContract }>();

  private constructor(
    readonly chain: Chain,
    private readonly clock: { nowMs: number },
    private readonly source: BlockSource,
    private readonly onBlock: (block: Uint8Array) => void,
  ) {}

  static async open({ genesis, source, store, onBlock }: CommunityChainOptions): Promise<CommunityChain> {
    const clock = { nowMs: genesis.timestampMs };
    const runtime: Runtime = { ...systemRuntime(), clock: { nowMs: () => clock.nowMs } };
    const { recheckOneIn } = NODE_DEFAULTS;
    const chain = await Chain.open({ store, genesis, runtime, log: silentLogger, recheckOneIn });
    return new CommunityChain(chain, clock, source, onBlock);
  }

  get genesis(): Genesis {
    return this.chain.genesis;
  }

  /** Gas that a call may have here. */
  get blockGas(): number {
    return Math.min(BLOCK_GAS, this.genesis.blockGasLimit);
  }

  /** Block time of the head, seconds. */
  get nowSeconds(): bigint {
    return BigInt(Math.floor(this.chain.head.header.timestampMs / 1_000));
  }

  /**
   * Signs a call; it goes into the next block. Those of an account are executed in their order, those of others perhaps before them.
   */
  send(
    from: ChainAccount,
    contract: ChainContract,
    functionName: string,
    args: readonly unknown[] = [],
    gasLimit = CALL_GAS,
    value = 0n,
  ): Hash {
    const nonce = this.#nonces.get(from.address) ?? 0;
    this.#nonces.set(from.address, nonce + 1);
    const { chainId, minGasPriceWei } = this.genesis;
    const transaction = signTransaction(
      {
        nonce,
        gasPrice: minGasPriceWei,
        gasLimit: Math.min(gasLimit, this.blockGas),
        to: contract.address,
        value,
        data: fromHex(encodeFunctionData({ abi: contract.abi, functionName, args })),
        chainId,
      },
      from.privateKey,
    );
    this.#waiting.set(transaction.hash, { transaction, contract });
    return transaction.hash;
  }

  /**
   * Puts what waits into blocks, the first of them at `seconds` of block time or as soon after the head as blocks come, and the others
   * one block interval apart.
   * @param order `inOrder`: those of different accounts too are executed in the order in which they were sent
   * @throws WattchainError `runFailed` when a contract refuses a transaction
   */
  async seal(seconds: bigint, order: 'inOrder' | 'anyOrder' = 'anyOrder'): Promise<Included[]> {
    const included: Included[] = [];
    while (this.#waiting.size > 0) {
      for (const one of await this.#block(Number(seconds) * 1_000, order === 'inOrder')) {
        const sent = this.#waiting.get(one.hash);
        if (one.receipt.failure !== null) {
          // What somebody else sent to a network is not the run's business.
          if (sent === undefined) continue;
          throw refused(sent.contract, one.receipt.failure);
        }
        this.#waiting.delete(one.hash);
        this.onIncluded(one);
        included.push(one);
      }
    }
    return included;
  }

  /** Lets so many blocks come. */
  async pass(blocks: number): Promise<void> {
    for (let block = 0; block < blocks; block++) await this.#block(0, false);
  }

  /** The next block, with what it has of those that wait. */
  async #block(earliestMs: number, isInOrder: boolean): Promise<Included[]> {
    const { chain, source } = this;
    const waiting = Array.from(this.#waiting.values(), ({ transaction }) => transaction);
    // Where others decide about the order, the next one is sent when the one before it is in a block.
    const candidates = isInOrder && !source.keepsOrder ? waiting.slice(0, 1) : waiting;
    const { header, body, template } = await source.next(chain, candidates, earliestMs);
    this.clock.nowMs = header.timestampMs;
    const { fault } = await chain.acceptBlock(header, body, 'run', template);
    if (fault !== undefined) throw refusedBlock(header.height, fault);
    const { hash } = chain.head;
    const block = encodeBlock({ header: encodeHeader(header), body });
    this.counts.blocks += 1;
    this.counts.transactions += header.transactionCount;
    this.counts.gas += BigInt(header.gasUsed);
    this.counts.bytes += block.length;
    this.onBlock(block);
    this.afterBlock();
    const transactions = template?.transactions ?? runToEnd(chain.bodyInPieces(hash)) ?? [];
    const receipts = template?.result?.receipts ?? runToEnd(chain.receiptsInPieces(hash)) ?? [];
    return transactions.map(({ hash: own }, index) => ({ hash: own, receipt: receipts[index] as Receipt }));
  }

  /** Reads a view of a contract at the head. */
  read<T>(contract: ChainContract, functionName: string, args: readonly unknown[] = []): T {
    return readContract<T>(this.chain, contract, functionName, args);
  }

  async close(): Promise<void> {
    await this.chain.close();
  }
}

/** Reads a view of a contract on the state of a chain's head. */
export function readContract<T>(
  chain: Pick<Chain, 'head' | 'stateAt' | 'genesis'>,
  { address, abi, name }: ChainContract,
  functionName: string,
  args: readonly unknown[] = [],
): T {
  const { hash, header } = chain.head;
  const state = chain.stateAt(hash);
  assert(state !== undefined, 'the state of the head is there');
  const context = {
    height: header.height + 1,
    timestampMs: header.timestampMs,
    miner: MINER,
    genesis: chain.genesis,
  };
  const data = fromHex(encodeFunctionData({ abi, functionName, args }));
  const call = { from: MINER, to: address, value: 0n, data, gasLimit: READ_GAS, gasPrice: 0n };
  const { output, failure } = callContract(new StateJournal(state), call, context);
  if (failure !== null) throw refused({ address, abi, name }, failure);
  return decodeFunctionResult({ abi, functionName, data: toHex(output) }) as T;
}

const READ_GAS = 1_000_000_000;

/** The events of a contract among logs, with names and values. */
export function eventsOf<Args = Record<string, unknown>>(
  { address, abi }: ChainContract,
  eventName: string,
  logs: readonly Log[],
): Args[] {
  const own = logs.filter((log) => log.address === address);
  const parsed = parseEventLogs({
    abi,
    eventName,
    logs: own.map((log) => ({ address, topics: [...log.topics], data: toHex(log.data) })) as never,
    strict: true,
  });
  return parsed.map((event) => (event as unknown as { args: Args }).args);
}

/** A block that the chain of this process does not take: those of a network are only asked for when all of its nodes have them. */
function refusedBlock(height: number, fault: BlockFault): WattchainError {
  return new WattchainError('runFailed', `block ${height} is refused: ${fault.code}`, {
    values: { height, fault },
    hint: 'a network that went back behind a block that all of its nodes had does so: run again, with --resume',
  });
}

/** What a contract refuses in a run, in its own words. */
function refused(contract: ChainContract, failure: NonNullable<Receipt['failure']>): WattchainError {
  const reason = reasonOf(contract, failure);
  return new WattchainError('runFailed', `the contract ${contract.name} refuses: ${reason}`, {
    values: { contract: contract.name, reason },
    hint: 'nothing was written; report it with the command and its files if they are in order',
  });
}

function reasonOf({ abi }: ChainContract, failure: NonNullable<Receipt['failure']>): string {
  const data: Hex = toHex(failure.data);
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return errorName === 'Error' ? String(args?.[0]) : `${errorName}(${(args ?? []).join(', ')})`;
  } catch {
    // What viem throws for an error that the interface does not have.
    return describeFailure(failure);
  }
}
