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
import type { SignedWorkload } from '../trades/signedWorkload.js';
import { cpuRate, type Extent } from './rivals.js';

const MINER: Address = addressOf(sha256(textToBytes('the miner of the benchmark')));
/** Transactions of a block here. */
export const TRANSACTIONS_PER_BLOCK = 200;

export const MACHINE_MEASURES = ['vm', 'vmRoots'] as const;
export type MachineMeasure = (typeof MACHINE_MEASURES)[number];

/** Transfers of tokens, whose senders are known: executed alone, or in blocks with roots of state and receipts. Rates are per CPU second of this process. */
export async function ownMachineRate(
  measure: MachineMeasure,
  workload: SignedWorkload,
  { warmUp, measured }: Extent,
): Promise<number> {
  const genesis = easyGenesis(workload.startS, Number.MAX_SAFE_INTEGER);
  const state = new MemoryKeyValues();
  const { changes, codes } = genesisChanges(genesis);
  state.apply(codes);
  state.apply(commitState(state, changes).writes);
  const run = (transactions: readonly Transaction[]) => {
    if (measure === 'vm') runAlone(state, genesis, transactions);
    else for (const block of blocksOf(transactions)) runBlock(state, genesis, block);
  };
  runBlock(state, genesis, workload.setUp(ownCodes()));
  run(workload.transfers(0, warmUp));
  return (await cpuRate(measured, () => run(workload.transfers(warmUp, measured))))[1];
}

/** In groups of {@link TRANSACTIONS_PER_BLOCK}. */
export function blocksOf<T>(transactions: readonly T[]): (readonly T[])[] {
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
