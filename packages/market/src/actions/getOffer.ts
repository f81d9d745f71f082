import { type Address, WattchainError } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { OFFER_STATES, type OfferState } from '../contracts/states.js';
import { isRevertedWith } from './refusal.js';
import type { ReadingClient } from './transaction.js';

/** What an acceptance of an offer relies on, and names. */
export interface OfferTerms {
  readonly offerId: bigint;
  readonly seller: Address;
  readonly meter: Hex;
  /** Market time in seconds; the period is one resolution of the registry long. */
  readonly periodStart: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** What the grid took when the offer was made, token units for 150 Wh: the bond is the difference. */
  readonly gridPrice: bigint;
  /** Block time in seconds. */
  readonly acceptUntil: bigint;
  /** Block time in seconds. */
  readonly settleBy: bigint;
}

/** An offer with all its terms. */
export interface Offer extends OfferTerms {
  readonly energyMwh: bigint;
  /** Can still be accepted while the offer is open. */
  readonly remainingMwh: bigint;
  readonly cancelledMwh: bigint;
  readonly state: OfferState;
}

export interface GetOfferParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly offerId: bigint;
}

/**
 * An offer and what is left of it.
 * @throws WattchainError `unknownOffer`
 * @example
 * const { remainingMwh, state } = await getOffer(client, { tradeAddress, offerId: 1n });
 */
export async function getOffer(client: ReadingClient, { tradeAddress, offerId }: GetOfferParameters): Promise<Offer> {
  const contract = { address: tradeAddress, abi: energyTradeAbi } as const;
  const read = readContract(client, { ...contract, functionName: 'offers', args: [offerId] });
  const [terms, energyMwh, remainingMwh, cancelledMwh, state] = await read.catch(async (cause: unknown) => {
    if (!isRevertedWith(cause, 'there is no such offer')) throw cause;
    const offerCount = await readContract(client, { ...contract, functionName: 'offerCount' });
    throw new WattchainError('unknownOffer', `there is no offer ${offerId}`, {
      values: { offerId, offerCount },
      hint: 'look its number up in the list of offers; they are numbered from 1',
      cause,
    });
  });
  return { ...terms, energyMwh, remainingMwh, cancelledMwh, state: OFFER_STATES[state] ?? 'none' };
}
