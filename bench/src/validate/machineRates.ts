import {
  type Address,
  addressOf,
  assert,
  commitState,
  type Genesis,
  genesisChanges,
  MemoryKeyValues,
  StateJournal,
  sha256,
  type Transaction,
  textToBytes,
} from '@wattchain/core';
import { BlockExecution, executeTransaction } from '@wattchain/vm';
import { ownCodes } from '../trades/contractCodes.js';
import { easyGenesis } from '../trades/easyGenesis.js';
import { setUpTransactions, type TradeCodes, tokenTransfers, tradeTransactions } from '../trades/tradeWorkload.js';
import { EvmChain } from './evmChain.js';
import { cpuRate } from './rivals.js';
import type { TradeExtent } from './tradeRates.js';

const MINER: Address = addressOf(sha256(textToBytes('the miner of the benchmark')));
const TRANSACTIONS_PER_BLOCK = 200;
/** Seconds at which the chains begin. */
export const CHAIN_START_S = 1_751_587_200;

export const MACHINE_MEASURES = ['vm', 'vmRoots'] as const;
export type MachineMeasure = (typeof MACHINE_MEASURES)[number];

/** Transfers of tokens, whose senders are known: executed alone, or in blocks with roots of state and receipts. Rates are per CPU second of this process. */
export async function ownMachineRate(measure: MachineMeasure, { warmUp, measured }: TradeExtent): Promise<number> {
  const genesis = easyGenesis(CHAIN_START_S, Number.MAX_SAFE_INTEGER);
  const state = new MemoryKeyValues();
  const { changes, codes } = genesisChanges(genesis);
  state.apply(codes);
  state.apply(commitState(state, changes).writes);
  const run = (transactions: readonly Transaction[]) => {
    if (measure === 'vm') runAlone(state, genesis, transactions);
    else for (const block of blocksOf(transactions)) runBlock(state, genesis, block);
  };
  runBlock(state, genesis, setUpTransactions(ownCodes(), CHAIN_START_S));
  const transfers = tokenTransfers(warmUp + measured);
  run(transfers.slice(0, warmUp));
  return (await cpuRate(measured, () => run(transfers.slice(warmUp))))[1];
}

/** The same by `@ethereumjs/vm`, with its plain state or its trie. */
export async function evmMachineRate(
  measure: MachineMeasure,
  codes: TradeCodes,
  { warmUp, measured }: TradeExtent,
): Promise<number> {
  const chain = await EvmChain.create(measure === 'vm' ? 'plain' : 'trie', CHAIN_START_S);
  const setUp = chain.open(setUpTransactions(codes, CHAIN_START_S));
  const first = chain.blockOf(setUp);
  await chain.runTransactions(setUp, first);
  const transfers = chain.open(tokenTransfers(warmUp + measured));
  const [warm, counted] = [transfers.slice(0, warmUp), transfers.slice(warmUp)];
  if (measure === 'vm') {
    await chain.runTransactions(warm, first);
    return (await cpuRate(measured, () => chain.runTransactions(counted, first)))[1];
  }
  const run = async (some: typeof transfers) => {
    for (const block of blocksOf(some)) await chain.runBlock(chain.blockOf(block));
  };
  await run(warm);
  return (await cpuRate(measured, () => run(counted)))[1];
}

/** What `@ethereumjs/vm` takes from their bytes, with its trie and caches: senders recovered, blocks of so many executed, with roots. */
export async function evmImportRate(codes: TradeCodes, { warmUp, measured }: TradeExtent): Promise<number> {
  const signed = tradeTransactions(CHAIN_START_S);
  const trades = Array.from({ length: warmUp + measured }, () => signed.next().value);
  const chain = await EvmChain.create('trie', CHAIN_START_S);
  await chain.runBlock(chain.blockOf(chain.open(setUpTransactions(codes, CHAIN_START_S))));
  const blocks = blocksOf(trades).map((block) => chain.blockOf(chain.open(block)).serialize());
  const run = async (some: readonly Uint8Array[]) => {
    for (const bytes of some) await chain.runBlock(chain.decode(bytes));
  };
  const warmBlocks = Math.floor(warmUp / TRANSACTIONS_PER_BLOCK);
  await run(blocks.slice(0, warmBlocks));
  const count = trades.length - warmBlocks * TRANSACTIONS_PER_BLOCK;
  return (await cpuRate(count, () => run(blocks.slice(warmBlocks))))[1];
}

function blocksOf<T>(transactions: readonly T[]): (readonly T[])[] {
  return Array.from({ length: Math.ceil(transactions.length / TRANSACTIONS_PER_BLOCK) }, (_, i) =>
    transactions.slice(i * TRANSACTIONS_PER_BLOCK, (i + 1) * TRANSACTIONS_PER_BLOCK),
  );
}

const contextOf = (genesis: Genesis) => ({ height: 1, timestampMs: genesis.timestampMs, miner: MINER, genesis });

function runAlone(state: MemoryKeyValues, genesis: Genesis, transactions: readonly Transaction[]): void {
  const journal = new StateJournal(state);
  for (const transaction of transactions) {
    const { value } = executeTransaction(journal, transaction, contextOf(genesis), genesis.blockGasLimit);
    assert(value?.failure === null, 'every transaction succeeds');
    journal.keep();
  }
  state.apply(journal.changes().map(({ key, after }) => ({ key, value: after })));
}

function runBlock(state: MemoryKeyValues, genesis: Genesis, transactions: readonly Transaction[]): void {
  const execution = new BlockExecution(state, contextOf(genesis));
  for (const transaction of transactions) {
    assert(execution.apply(transaction).value?.failure === null, 'every transaction succeeds');
  }
  state.apply(execution.finish().writes);
}
