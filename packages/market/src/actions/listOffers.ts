import type { Address } from '@wattchain/core';
import { type Hex, isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { OFFER_STATES, type OfferState } from '../contracts/states.js';
import { getOffer, type Offer } from './getOffer.js';
import { listPage, type Page, type PageBounds } from './listPage.js';
import type { ReadingClient } from './transaction.js';

export interface ListOffersParameters extends PageBounds {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly seller?: Address;
  readonly meter?: Hex;
  /** Only offers in this state; default all. */
  readonly state?: OfferState;
}

/**
 * A page of offers, newest first, with what is left of them now. Which are in a state the contract says, so that those in others are not
 * read; those of other sellers and meters are.
 * @throws WattchainError `badLimit`
 * @example
 * const { entries, next } = await listOffers(client, { tradeAddress, state: 'open', limit: 20 });
 * const older = next === undefined ? undefined : await listOffers(client, { tradeAddress, state: 'open', limit: 20, before: next });
 */
export async function listOffers(client: ReadingClient, parameters: ListOffersParameters): Promise<Page<Offer>> {
  const { tradeAddress, seller, meter, state, ...bounds } = parameters;
  const contract = { address: tradeAddress, abi: energyTradeAbi } as const;
  const states = state === undefined ? undefined : 1n << BigInt(OFFER_STATES.indexOf(state));
  return listPage({
    ...bounds,
    count: await readContract(client, { ...contract, functionName: 'offerCount' }),
    requestsEach: 1,
    marks:
      states === undefined
        ? undefined
        : (first) => readContract(client, { ...contract, functionName: 'offersIn', args: [states, first] }),
    read: (offerId) => getOffer(client, { tradeAddress, offerId }),
    accepts: (offer) =>
      (seller === undefined || isAddressEqual(offer.seller, seller)) &&
      (meter === undefined || offer.meter === meter.toLowerCase()) &&
      (state === undefined || offer.state === state),
  });
}
