import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RefundTradeParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** From `listTrades`. */
  readonly tradeId: bigint;
}

/**
 * Gives the escrow of a trade back to its buyer once `settleBy` has passed without a reading of the seller; the seller's bond pays
 * as if nothing had been delivered. Anyone may do it.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await refundTrade(client, { tradeAddress, tradeId: 1n });
 */
export async function refundTrade(client: SigningClient, parameters: RefundTradeParameters): Promise<Hash> {
  const { tradeAddress, tradeId, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'refund', args: [tradeId] });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
