import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import type { OfferTerms } from './getOffer.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface CancelOfferParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** The offer as the seller has seen it, from `getOffer` or `listOffers`. */
  readonly offer: Pick<OfferTerms, 'offerId' | 'meter' | 'periodStart' | 'price'>;
}

/**
 * Withdraws what nobody has accepted of an offer, and its bond, after it has expired too; trades already made stay. Its seller only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await cancelOffer(client, { tradeAddress, offer: await getOffer(client, { tradeAddress, offerId: 1n }) });
 */
export async function cancelOffer(client: SigningClient, parameters: CancelOfferParameters): Promise<Hash> {
  const { tradeAddress, offer, ...options } = parameters;
  const { offerId, meter, periodStart, price } = offer;
  const data = encodeFunctionData({
    abi: energyTradeAbi,
    functionName: 'cancelOffer',
    args: [offerId, meter, periodStart, price],
  });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
