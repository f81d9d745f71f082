/** `eth_*` methods that read the state or run a call on it. */
import { type Address, type Pieces, toHex, ZERO_ADDRESS } from '@wattchain/core';
import { type BlockContext, type CallResult, callContractInPieces, describeFailure, intrinsicGas } from '@wattchain/vm';
import { ADD_CALL, BOB, CAROL, COUNTER, PROOF, TOTAL_CALL } from '../description/examples.js';
import { GAS_PER_PIECE, MAX_CALL_GAS } from '../limits.js';
import type { RpcChain } from '../protocol/backend.js';
import { type Method, type MethodError, method } from '../protocol/method.js';
import {
  addressParameter,
  type BlockSelector,
  blockParameter,
  type CallRequest,
  callParameter,
  noOverrides,
  slotParameter,
  slotsParameter,
} from '../protocol/parameter.js';
import { fixedHex, quantity } from '../protocol/quantity.js';
import { RpcError, serverError } from '../protocol/rpcError.js';
import { BYTES, bytesOf, QUANTITY, shape } from '../protocol/schema.js';
import { stateAfter } from './blocks.js';
import { readProof } from './proofs.js';

const STATE_ERRORS: readonly MethodError[] = [
  { code: 'rpcServer', when: 'the block is not known, or its state is no longer kept (the newest 65 blocks are)' },
];
/** Nothing was run. */
const NOT_RUN: MethodError = {
  code: 'rpcServer',
  when: 'the sender has fewer coins than the value, or the gas is less than any such transaction takes',
};
const CALL_ERRORS: readonly MethodError[] = [
  ...STATE_ERRORS,
  NOT_RUN,
  {
    code: 'rpcReverted',
    when: 'the call fails; data carries Error(string), Panic(uint256) or the contract’s own error',
  },
];

export const stateMethods: readonly Method[] = [
  method({
    name: 'eth_getBalance',
    parameters: [addressParameter(), blockParameter()],
    result: 'Balance in wei.',
    schema: QUANTITY,
    cost: 'block',
    errors: [...STATE_ERRORS],
    example: { params: [CAROL, 'latest'], result: '0x3635c9adc5dea00005' },
    handle: function* ({ node }, address, block) {
      return quantity((yield* stateAfter(node.chain, block)).state.balance(address));
    },
  }),
  method({
    name: 'eth_getCode',
    parameters: [addressParameter(), blockParameter()],
    result: "The contract's code, 0x where there is none.",
    schema: BYTES,
    cost: 'block',
    errors: [...STATE_ERRORS],
    example: { params: [BOB, 'latest'], result: '0x' },
    handle: function* ({ node }, address, block) {
      return toHex((yield* stateAfter(node.chain, block)).state.code(address));
    },
  }),
  method({
    name: 'eth_getStorageAt',
    parameters: [addressParameter(), slotParameter('slot'), blockParameter()],
    result: "A word of the contract's storage, 32 bytes.",
    schema: bytesOf(32),
    cost: 'block',
    errors: [...STATE_ERRORS],
    example: { params: [COUNTER, '0x0', 'latest'], result: `0x${'a'.padStart(64, '0')}` },
    handle: function* ({ node }, address, slot, block) {
      return fixedHex((yield* stateAfter(node.chain, block)).state.storage(address, slot), 32);
    },
  }),
  method({
    name: 'eth_getTransactionCount',
    parameters: [addressParameter(), blockParameter()],
    result: 'Number of transactions that the account sent; with pending also those of the pool that are ready.',
    schema: QUANTITY,
    cost: 'block',
    errors: [...STATE_ERRORS],
    example: { params: [BOB, 'latest'], result: '0x2' },
    handle: function* ({ node }, address, block) {
      const isPending = 'tag' in block && block.tag === 'pending';
      return quantity(
        isPending ? node.mempool.pendingNonce(address) : (yield* stateAfter(node.chain, block)).state.nonce(address),
      );
    },
  }),
  method({
    name: 'eth_getProof',
    parameters: [addressParameter(), slotsParameter('storageKeys'), blockParameter()],
    result:
      "An account and words of its storage with proofs from the block's state root; core's verifyAccountProof checks them.",
    schema: shape('AccountProof'),
    cost: 'range',
    errors: [...STATE_ERRORS],
    example: { params: [COUNTER, ['0x0'], 'latest'], result: PROOF },
    handle: ({ node }, address, slots, block) => readProof(node.chain, address, slots, block),
  }),
  method({
    name: 'eth_call',
    parameters: [callParameter(), blockParameter(), noOverrides('stateOverrides'), noOverrides('blockOverrides')],
    result: 'What the call returns on the state after the block.',
    schema: BYTES,
    cost: 'execution',
    errors: [...CALL_ERRORS],
    example: { params: [{ to: COUNTER, data: TOTAL_CALL }, 'latest'], result: `0x${'a'.padStart(64, '0')}` },
    handle: function* ({ node }, call, block) {
      return toHex((yield* runCall(node.chain, call, block, undefined, MAX_CALL_GAS)).output);
    },
  }),
  method({
    name: 'eth_estimateGas',
    parameters: [callParameter(), blockParameter(), noOverrides('stateOverrides'), noOverrides('blockOverrides')],
    result:
      'The gas that the transaction uses: exactly that of one run, since nothing reads the gas left or gives gas back.',
    schema: QUANTITY,
    cost: 'execution',
    errors: [...CALL_ERRORS],
    example: { params: [{ from: BOB, to: COUNTER, data: ADD_CALL }], result: '0x874a' },
    handle: function* ({ node }, call, block) {
      return quantity((yield* runCall(node.chain, call, block)).gasUsed);
    },
  }),
  method({
    name: 'eth_createAccessList',
    parameters: [callParameter(), blockParameter()],
    result:
      'The access list with which the call costs least, which is the empty one: nothing is cheaper for being listed. And the gas of the call without a list; error says why it fails.',
    schema: shape('AccessListResult'),
    cost: 'execution',
    errors: [...STATE_ERRORS, NOT_RUN],
    example: { params: [{ from: BOB, to: COUNTER, data: ADD_CALL }], result: { accessList: [], gasUsed: '0x874a' } },
    handle: function* ({ node }, call, block) {
      const { gasUsed, failure } = yield* tryCall(node.chain, { ...call, accessList: undefined }, block);
      const error = failure === null ? {} : { error: `execution reverted: ${describeFailure(failure)}` };
      return { accessList: [], gasUsed: quantity(gasUsed), ...error };
    },
  }),
];

/** Of a block, what contracts can ask about it. */
export type CallContext = Pick<BlockContext, 'height' | 'timestampMs' | 'miner'>;

/**
 * Runs a call on the state after a block, in its context unless another is given, with at most the gas of a block unless told
 * otherwise; throws code 3 with the ABI error data when it fails.
 */
export function* runCall(
  chain: RpcChain,
  call: CallRequest,
  block: BlockSelector,
  context: CallContext | undefined = undefined,
  mostGas: number = chain.genesis.blockGasLimit,
): Pieces<CallResult> {
  const result = yield* tryCall(chain, call, block, context, mostGas);
  if (result.failure === null) return result;
  throw new RpcError(
    'rpcReverted',
    `execution reverted: ${describeFailure(result.failure)}`,
    toHex(result.failure.data),
  );
}

function* tryCall(
  chain: RpcChain,
  call: CallRequest,
  block: BlockSelector,
  context: CallContext | undefined = undefined,
  mostGas: number = chain.genesis.blockGasLimit,
): Pieces<CallResult> {
  const { record, state } = yield* stateAfter(chain, block);
  const { height, timestampMs, miner } = context ?? record.header;
  const { genesis } = chain;
  const from = call.from ?? ZERO_ADDRESS;
  requireFunds(from, call.value, state.balance(from));
  const { to, value, data, accessList } = call;
  const gasLimit = Math.min(call.gas ?? mostGas, mostGas);
  requireGas(gasLimit, intrinsicGas(data, to === null, accessList));
  const message = { from, to, value, data, gasLimit, gasPrice: 0n, ...(accessList && { accessList }) };
  return yield* callContractInPieces(state, message, { height, timestampMs, miner, genesis }, GAS_PER_PIECE);
}

/** As geth has it: nothing ran, so no contract is to blame. */
function requireGas(gasLimit: number, leastGas: number): void {
  if (gasLimit < leastGas) throw serverError(`intrinsic gas too low: have ${gasLimit}, want ${leastGas}`);
}

/** Clients recognise missing coins by geth's words; inside a contract it is a failure like any other. */
function requireFunds(from: Address, valueWei: bigint, balanceWei: bigint): void {
  if (valueWei <= balanceWei) return;
  throw serverError(
    `insufficient funds for gas * price + value: address ${from} has ${balanceWei} wei, ${valueWei} wei are needed`,
  );
}
