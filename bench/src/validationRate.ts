import {
  type Address,
  addressOf,
  assert,
  commitState,
  decodeTransaction,
  genesisChanges,
  type Hash,
  MemoryKeyValues,
  numberToBytes,
  parseGenesis,
  sha256,
  signTransaction,
  type Transaction,
} from '@wattchain/core';
import { BlockExecution } from '@wattchain/vm';

/** Transactions validated on one thread. */
export interface ValidationRate {
  readonly transactions: number;
  /** Decoding with recovery of the sender. */
  readonly decodedPerSecond: number;
  /** Executing, and updating the state's tree once. */
  readonly executedPerSecond: number;
  /** Both, as a block needs them. */
  readonly validatedPerSecond: number;
  /** State root after the block: the checksum of the work. */
  readonly stateRoot: Hash;
}

const CHAIN_ID = 20_000_001;
const SENDERS = 20;

const keyOf = (index: number) => sha256(numberToBytes(index + 1, 4));

function benchGenesis() {
  const senders = Array.from({ length: SENDERS }, (_, index) => addressOf(keyOf(index)));
  return parseGenesis({
    name: 'validation benchmark',
    chainId: CHAIN_ID,
    timestampMs: 0,
    blockIntervalMs: 1000,
    firstTarget: `0x${'ff'.repeat(32)}`,
    largestTarget: `0x${'ff'.repeat(32)}`,
    blockGasLimit: 1_000_000_000,
    blockByteLimit: 1_000_000,
    minGasPriceWei: '1000000000',
    blockRewardWei: '0',
    confirmations: 12,
    alloc: Object.fromEntries(senders.map((address) => [address, { balance: (10n ** 24n).toString() }])),
  });
}

function makeTransfers(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const to = addressOf(keyOf((index + 1) % SENDERS));
    const transaction = {
      nonce: Math.floor(index / SENDERS),
      gasPrice: 10n ** 9n,
      gasLimit: 21_000,
      to,
      value: 1n,
      data: new Uint8Array(0),
      chainId: CHAIN_ID,
    };
    return signTransaction(transaction, keyOf(index % SENDERS)).raw;
  });
}

/** Validates one block of `count` transfers between 20 accounts. `nowMs` is a monotonic clock in milliseconds. */
export function measureValidationRate(count: number, nowMs: () => number): ValidationRate {
  const genesis = benchGenesis();
  const raws = makeTransfers(count);
  const state = new MemoryKeyValues();
  for (const { key, value } of commitState(state, genesisChanges(genesis).changes).writes) state.set(key, value);

  const startMs = nowMs();
  const transactions: Transaction[] = raws.map((raw) => {
    const outcome = decodeTransaction(raw, CHAIN_ID);
    assert(outcome.value, 'the benchmark makes valid transactions');
    return outcome.value;
  });
  const decodedMs = nowMs();
  const miner: Address = addressOf(keyOf(SENDERS));
  const execution = new BlockExecution(state, { height: 1, timestampMs: 1, miner, genesis });
  for (const transaction of transactions)
    assert(!execution.apply(transaction).fault, 'the benchmark makes valid transfers');
  const { stateRoot } = execution.finish();
  const endMs = nowMs();
  const rate = (elapsedMs: number) => (count / elapsedMs) * 1000;
  return {
    transactions: count,
    decodedPerSecond: rate(decodedMs - startMs),
    executedPerSecond: rate(endMs - decodedMs),
    validatedPerSecond: rate(endMs - startMs),
    stateRoot,
  };
}
