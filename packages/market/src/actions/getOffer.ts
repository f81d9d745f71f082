import { type Address, WattchainError } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { OFFER_STATES, type OfferState } from '../contracts/states.js';
import { isRevertedWith } from './refusal.js';
import type { ReadingClient } from './transaction.js';

/** An offer with all its terms. */
export interface Offer {
  readonly offerId: bigint;
  readonly seller: Address;
  readonly meter: Hex;
  /** Meter time in seconds. */
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
  readonly energyMwh: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** Block time in seconds. */
  readonly acceptUntil: bigint;
  /** Block time in seconds. */
  readonly settleBy: bigint;
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
  const offer = await read.catch(async (cause: unknown) => {
    if (!isRevertedWith(cause, 'there is no such offer')) throw cause;
    const offerCount = await readContract(client, { ...contract, functionName: 'offerCount' });
    throw new WattchainError('unknownOffer', `there is no offer ${offerId}`, {
      values: { offerId, offerCount },
      hint: 'look its number up in the list of offers; they are numbered from 1',
      cause,
    });
  });
  return {
    offerId,
    seller: offer[0],
    meter: offer[1],
    periodStart: offer[2],
    periodSeconds: offer[3],
    energyMwh: offer[4],
    price: offer[5],
    acceptUntil: offer[6],
    settleBy: offer[7],
    remainingMwh: offer[8],
    cancelledMwh: offer[9],
    state: OFFER_STATES[offer[10]] ?? 'none',
  };
}
