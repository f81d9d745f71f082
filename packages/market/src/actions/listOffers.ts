import type { Address } from '@wattchain/core';
import type { Hex } from 'viem';
import { getContractEvents } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import type { OfferState } from '../contracts/states.js';
import { getOffer, type Offer } from './getOffer.js';
import type { ReadingClient } from './transaction.js';

export interface ListOffersParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly seller?: Address;
  readonly meter?: Hex;
  /** Only offers in this state; default all. */
  readonly state?: OfferState;
  /** First block to look at; default the first of the chain. */
  readonly fromBlock?: bigint;
}

/**
 * Offers, oldest first: found by their events, with what is left of them now.
 * @example
 * for (const offer of await listOffers(client, { tradeAddress, state: 'open' })) console.log(formatKwh(offer.remainingMwh));
 */
export async function listOffers(client: ReadingClient, parameters: ListOffersParameters): Promise<Offer[]> {
  const { tradeAddress, seller, meter, state, fromBlock } = parameters;
  const events = await getContractEvents(client, {
    address: tradeAddress,
    abi: energyTradeAbi,
    eventName: 'Offered',
    args: { ...(seller === undefined ? {} : { seller }), ...(meter === undefined ? {} : { meter }) },
    fromBlock: fromBlock ?? 'earliest',
    toBlock: 'latest',
    strict: true,
  });
  const offers = await Promise.all(events.map(({ args }) => getOffer(client, { tradeAddress, offerId: args.offerId })));
  return state === undefined ? offers : offers.filter((offer) => offer.state === state);
}
