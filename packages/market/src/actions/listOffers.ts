import type { Address } from '@wattchain/core';
import { type Hex, isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import type { OfferState } from '../contracts/states.js';
import { getOffer, type Offer } from './getOffer.js';
import { type ListBounds, listById } from './listById.js';
import type { ReadingClient } from './transaction.js';

export interface ListOffersParameters extends ListBounds {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly seller?: Address;
  readonly meter?: Hex;
  /** Only offers in this state; default all. */
  readonly state?: OfferState;
}

/**
 * Offers, oldest first, with what is left of them now.
 * @example
 * for (const offer of await listOffers(client, { tradeAddress, state: 'open' })) console.log(formatKwh(offer.remainingMwh));
 */
export async function listOffers(client: ReadingClient, parameters: ListOffersParameters): Promise<Offer[]> {
  const { tradeAddress, seller, meter, state, ...bounds } = parameters;
  const count = await readContract(client, { address: tradeAddress, abi: energyTradeAbi, functionName: 'offerCount' });
  return listById({
    ...bounds,
    count,
    requestsEach: 1,
    read: (offerId) => getOffer(client, { tradeAddress, offerId }),
    accepts: (offer) =>
      (seller === undefined || isAddressEqual(offer.seller, seller)) &&
      (meter === undefined || offer.meter === meter.toLowerCase()) &&
      (state === undefined || offer.state === state),
  });
}
