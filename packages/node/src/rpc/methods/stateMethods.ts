/** `eth_*` methods that read the state or run a call on it. */
import { type Address, toHex, ZERO_ADDRESS } from '@wattchain/core';
import { type CallResult, callContract, describeFailure } from '@wattchain/vm';
import type { RpcChain } from '../backend.js';
import { stateAfter } from '../blocks.js';
import { type Method, method } from '../method.js';
import {
  addressParameter,
  type BlockSelector,
  blockParameter,
  type CallRequest,
  callParameter,
  noOverrides,
  slotParameter,
} from '../parameter.js';
import { fixedHex, quantity } from '../quantity.js';
import { RpcError, serverError } from '../rpcError.js';

export const stateMethods: readonly Method[] = [
  method({
    name: 'eth_getBalance',
    parameters: [addressParameter(), blockParameter()],
    result: 'Balance in wei.',
    handle: ({ node }, address, block) => quantity(stateAfter(node.chain, block).state.balance(address)),
  }),
  method({
    name: 'eth_getCode',
    parameters: [addressParameter(), blockParameter()],
    result: "The contract's code, 0x where there is none.",
    handle: ({ node }, address, block) => toHex(stateAfter(node.chain, block).state.code(address)),
  }),
  method({
    name: 'eth_getStorageAt',
    parameters: [addressParameter(), slotParameter('slot'), blockParameter()],
    result: "A word of the contract's storage, 32 bytes.",
    handle: ({ node }, address, slot, block) =>
      fixedHex(stateAfter(node.chain, block).state.storage(address, slot), 32),
  }),
  method({
    name: 'eth_getTransactionCount',
    parameters: [addressParameter(), blockParameter()],
    result: 'Number of transactions that the account sent; with pending also those of the pool that are ready.',
    handle: ({ node }, address, block) =>
      quantity(
        'tag' in block && block.tag === 'pending'
          ? node.mempool.pendingNonce(address)
          : stateAfter(node.chain, block).state.nonce(address),
      ),
  }),
  method({
    name: 'eth_call',
    parameters: [callParameter(), blockParameter(), noOverrides('state'), noOverrides('block')],
    result: 'What the call returns on the state after the block.',
    handle: ({ node }, call, block) => toHex(runCall(node.chain, call, block).output),
  }),
  method({
    name: 'eth_estimateGas',
    parameters: [callParameter(), blockParameter(), noOverrides('state'), noOverrides('block')],
    result:
      'The gas that the transaction uses: exactly that of one run, since nothing reads the gas left or gives gas back.',
    handle: ({ node }, call, block) => quantity(runCall(node.chain, call, block).gasUsed),
  }),
];

/** Runs a call on the state after a block and in its context; throws code 3 with the ABI error data when it fails. */
function runCall(chain: RpcChain, call: CallRequest, block: BlockSelector): CallResult {
  const { record, state } = stateAfter(chain, block);
  const { height, timestampMs, miner } = record.header;
  const { genesis } = chain;
  const from = call.from ?? ZERO_ADDRESS;
  requireFunds(from, call.value, state.balance(from));
  const gasLimit = Math.min(call.gas ?? genesis.blockGasLimit, genesis.blockGasLimit);
  const message = { from, to: call.to, value: call.value, data: call.data, gasLimit, gasPrice: 0n };
  const result = callContract(state, message, { height, timestampMs, miner, genesis });
  if (result.failure === null) return result;
  throw new RpcError(
    'rpcReverted',
    `execution reverted: ${describeFailure(result.failure)}`,
    toHex(result.failure.data),
  );
}

/** Clients recognise missing coins by geth's words; inside a contract it is a failure like any other. */
function requireFunds(from: Address, valueWei: bigint, balanceWei: bigint): void {
  if (valueWei <= balanceWei) return;
  throw serverError(
    `insufficient funds for gas * price + value: address ${from} has ${balanceWei} wei, ${valueWei} wei are needed`,
  );
}
