import type { Pieces, UnsignedTransaction } from '@wattchain/core';
import type { RpcBackend } from '../../protocol/backend.js';
import { invalidParams } from '../../protocol/rpcError.js';
import { suggestGasPrice } from '../feeHistory.js';
import { type CallContext, runCall } from '../stateMethods.js';
import type { SendRequest } from './sendRequest.js';

/**
 * Fills in what a request leaves out as a wallet would: the next nonce, the fees of the moment, the gas of one run in the
 * block that comes. The base fee does not change, so the maximum has no reserve for that. Throws −32602 when the request is
 * meant for another chain.
 */
export function* fillTransaction(
  node: RpcBackend,
  request: SendRequest,
  next: CallContext,
): Pieces<UnsignedTransaction> {
  const { from, to, value, data, gas, fees, nonce, accessList = [] } = request;
  const { chainId, minGasPriceWei } = node.chain.genesis;
  if (request.chainId !== undefined && request.chainId !== chainId) {
    throw invalidParams(`the transaction is for chain ${request.chainId}, and this is chain ${chainId}`);
  }
  const gasLimit = gas ?? (yield* runCall(node.chain, request, { tag: 'latest' }, next)).gasUsed;
  const suggested = fees.type !== 2 && fees.gasPrice !== undefined ? 0n : yield* suggestGasPrice(node);
  // The nonce comes last: others may have sent meanwhile.
  const common = {
    nonce: nonce ?? node.mempool.pendingNonce(from),
    gasLimit,
    to,
    value,
    data,
    chainId,
  };
  if (fees.type !== 2) {
    const gasPrice = fees.gasPrice ?? suggested;
    return fees.type === 0 ? { ...common, gasPrice } : { ...common, type: 1, gasPrice, accessList };
  }
  const tip = suggested - minGasPriceWei;
  const { maxFeePerGas: most = tip + minGasPriceWei } = fees;
  const maxPriorityFeePerGas = fees.maxPriorityFeePerGas ?? (tip < most ? tip : most);
  const maxFeePerGas = fees.maxFeePerGas ?? minGasPriceWei + maxPriorityFeePerGas;
  return { ...common, type: 2, maxFeePerGas, maxPriorityFeePerGas, accessList };
}
