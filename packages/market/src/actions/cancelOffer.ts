import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface CancelOfferParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** From `listOffers`. */
  readonly offerId: bigint;
}

/**
 * Withdraws what nobody has accepted of an offer; trades already made stay. Its seller only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await cancelOffer(client, { tradeAddress, offerId: 1n });
 */
export async function cancelOffer(client: SigningClient, parameters: CancelOfferParameters): Promise<Hash> {
  const { tradeAddress, offerId, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'cancelOffer', args: [offerId] });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
