import {
  type AccessList,
  type Address,
  assert,
  contractAddress,
  EMPTY_BYTES,
  effectiveGasPrice,
  type Failure,
  isStateEdit,
  type Log,
  type Outcome,
  type Pieces,
  type Receipt,
  runToEnd,
  type StateJournal,
  type Transaction,
  type TransactionStateFault,
} from '@wattchain/core';
import { encodeWords } from '../abi.js';
import { intrinsicGas } from '../gas.js';
import type { BlockContext } from '../machine/context.js';
import { fail } from '../machine/failure.js';
import { Machine } from '../machine/machine.js';
import type { MachineObserver } from '../machine/observer.js';
import { executeStateEdit } from './stateEdit.js';

/** Gas of a piece that ends when the run does. */
const WHOLE = Number.POSITIVE_INFINITY;

/** A call as a client asks for it, signed by nobody. */
export interface CallMessage {
  readonly from: Address;
  /** `null` deploys. */
  readonly to: Address | null;
  /** In wei. */
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gasLimit: number;
  /** In wei; 0 needs no balance for gas. */
  readonly gasPrice: bigint;
  /** Paid for, otherwise without effect. */
  readonly accessList?: AccessList;
}

/** What a call did, or would do. */
export interface CallResult {
  /** Intrinsic gas included. */
  readonly gasUsed: number;
  /** The words returned, 32 bytes each; no bytes after a failure, a transfer or a deployment. */
  readonly output: Uint8Array;
  readonly failure: Failure | null;
  readonly logs: readonly Log[];
  /** Of a deployment that succeeded. */
  readonly contractAddress?: Address;
}

/**
 * Why the transaction cannot be executed on this state with `gasLeftInBlock` left: the checks of docs/protocol.md, "Execution",
 * in their order.
 */
export function validateTransactionState(
  state: StateJournal,
  transaction: Transaction,
  { genesis }: BlockContext,
  gasLeftInBlock: number,
): TransactionStateFault | undefined {
  const { sender, nonce, maxFeePerGas, gasLimit, data, to, accessList, costWei } = transaction;
  const expectedNonce = state.nonce(sender);
  if (nonce !== expectedNonce) {
    return {
      code: nonce < expectedNonce ? 'nonceTooLow' : 'nonceTooHigh',
      got: nonce,
      expected: expectedNonce,
      sender,
    };
  }
  if (maxFeePerGas < genesis.minGasPriceWei) {
    return { code: 'gasPriceTooLow', got: maxFeePerGas, expected: genesis.minGasPriceWei };
  }
  const leastGas = intrinsicGas(data, to === null, accessList);
  if (gasLimit < leastGas) return { code: 'intrinsicGas', got: gasLimit, expected: leastGas };
  if (gasLimit > gasLeftInBlock) return { code: 'gasLimitTooHigh', got: gasLimit, expected: gasLeftInBlock };
  const balance = state.balance(sender);
  if (balance < costWei) return { code: 'insufficientFunds', got: balance, expected: costWei, sender };
  return undefined;
}

/**
 * Executes a transaction on `state` as the next one of its block; a fault leaves the state as it was. An observer is told of
 * every step. An edit of a development chain's state is made instead of run, and costs nothing.
 */
export function executeTransaction(
  state: StateJournal,
  transaction: Transaction,
  context: BlockContext,
  gasLeftInBlock: number,
  observer?: MachineObserver,
): Outcome<Receipt, TransactionStateFault> {
  return runToEnd(executeTransactionInPieces(state, transaction, context, gasLeftInBlock, WHOLE, observer));
}

/** As {@link executeTransaction}, in pieces of about `pieceGas`. Nobody else uses the state in between. */
export function* executeTransactionInPieces(
  state: StateJournal,
  transaction: Transaction,
  context: BlockContext,
  gasLeftInBlock: number,
  pieceGas: number,
  observer?: MachineObserver,
): Pieces<Outcome<Receipt, TransactionStateFault>> {
  if (isStateEdit(transaction)) return executeStateEdit(state, transaction, context);
  const fault = validateTransactionState(state, transaction, context, gasLeftInBlock);
  if (fault) return { fault };
  const { sender, to, value, data, gasLimit, accessList } = transaction;
  const gasPrice = effectiveGasPrice(transaction, context.genesis);
  const message = { from: sender, to, value, data, gasLimit, gasPrice, accessList };
  const { gasUsed, failure, logs } = yield* applyMessageInPieces(state, message, context, pieceGas, observer);
  const fee = BigInt(gasUsed) * gasPrice;
  state.addBalance(sender, BigInt(gasLimit) * gasPrice - fee);
  state.addBalance(context.miner, fee);
  return { value: { gasUsed, failure, logs } };
}

/**
 * What a message would do as a transaction of `from` with its next nonce, for `eth_call` and `eth_estimateGas`: the same gas, the
 * same output. What would keep the transaction out of a block (too little gas or balance) is a failure here. Leaves the state as
 * it was.
 */
export function callContract(
  state: StateJournal,
  message: CallMessage,
  context: BlockContext,
  observer?: MachineObserver,
): CallResult {
  return runToEnd(callContractInPieces(state, message, context, WHOLE, observer));
}

/** As {@link callContract}, in pieces of about `pieceGas`. Nobody else uses the state in between. */
export function* callContractInPieces(
  state: StateJournal,
  message: CallMessage,
  context: BlockContext,
  pieceGas: number,
  observer?: MachineObserver,
): Pieces<CallResult> {
  const { from, value, data, gasLimit, gasPrice, to, accessList } = message;
  const leastGas = intrinsicGas(data, to === null, accessList);
  if (gasLimit < leastGas) {
    const failure = fail('outOfGas', `the gas limit ${gasLimit} is below the intrinsic gas ${leastGas}`);
    return { gasUsed: gasLimit, output: EMPTY_BYTES, failure, logs: [] };
  }
  const cost = BigInt(gasLimit) * gasPrice + value;
  const balance = state.balance(from);
  if (balance < cost) {
    const failure = fail('insufficientBalance', `${from} has ${balance} wei of ${cost}`);
    return { gasUsed: leastGas, output: EMPTY_BYTES, failure, logs: [] };
  }
  const checkpoint = state.checkpoint();
  const result = yield* applyMessageInPieces(state, message, context, pieceGas, observer);
  state.revertTo(checkpoint);
  return result;
}

/**
 * Buys the gas, counts the nonce up and runs the message; a failure undoes what the run did, not the gas or the nonce. The sender
 * has what it costs, and the gas limit is at least the intrinsic gas: callers check both. No fee is paid to anybody.
 */
export function applyMessage(
  state: StateJournal,
  message: CallMessage,
  context: BlockContext,
  observer?: MachineObserver,
): CallResult {
  return runToEnd(applyMessageInPieces(state, message, context, WHOLE, observer));
}

function* applyMessageInPieces(
  state: StateJournal,
  message: CallMessage,
  context: BlockContext,
  pieceGas: number,
  observer: MachineObserver | undefined,
): Pieces<CallResult> {
  const { from, to, value, data, gasLimit, gasPrice, accessList } = message;
  const nonce = state.nonce(from);
  state.subBalance(from, BigInt(gasLimit) * gasPrice);
  state.incrementNonce(from);
  const checkpoint = state.checkpoint();
  const machine = new Machine(state, context, gasLimit - intrinsicGas(data, to === null, accessList), observer);
  if (to === null) machine.deploy(from, nonce, value, data);
  else machine.begin(from, to, value, data);
  while (!machine.run(pieceGas)) yield;
  const { outcome, gasLeft } = machine;
  assert(outcome !== undefined, 'a run goes on to its end');
  if (outcome.fault) {
    state.revertTo(checkpoint);
    const gasUsed = outcome.fault.code === 'outOfGas' ? gasLimit : gasLimit - gasLeft;
    return { gasUsed, output: EMPTY_BYTES, failure: outcome.fault, logs: [] };
  }
  assert(gasLeft >= 0, 'a run that succeeds has gas left');
  const contract = to === null ? { contractAddress: contractAddress(from, nonce) } : {};
  const output = encodeWords(outcome.value);
  return { gasUsed: gasLimit - gasLeft, output, failure: null, logs: machine.logs, ...contract };
}
