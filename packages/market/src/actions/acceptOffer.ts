import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex, parseEventLogs, zeroHash } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import type { OfferTerms } from './getOffer.js';
import { type ReceiptLogs, type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AcceptOfferParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** The offer as the buyer has seen it, from `getOffer` or `listOffers`: another one under the same number is refused. */
  readonly offer: OfferTerms;
  /** Milliwatt-hours, at most what is left of the offer. */
  readonly energyMwh: bigint;
  /** The buyer's meter, in a market where both meters count. */
  readonly buyerMeter?: Hex | undefined;
}

/**
 * Accepts all or part of an offer. `floor(energyMwh · price / 150000)` token units go into escrow; the trade contract needs an
 * allowance for them first (`approveTokens`).
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const offer = await getOffer(client, { tradeAddress, offerId: 1n });
 * const hash = await acceptOffer(client, { tradeAddress, offer, energyMwh: parseKwh('0.854339') });
 * const tradeId = tradeIdOf(await waitForTransactionReceipt(client, { hash }));
 */
export async function acceptOffer(client: SigningClient, parameters: AcceptOfferParameters): Promise<Hash> {
  const { tradeAddress, offer, energyMwh, buyerMeter = zeroHash, ...options } = parameters;
  const args = [offer, energyMwh, buyerMeter] as const;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'accept', args });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}

/** The trade that a receipt of `acceptOffer` created; `undefined` when there is none. */
export function tradeIdOf(receipt: ReceiptLogs): bigint | undefined {
  return parseEventLogs({ abi: energyTradeAbi, eventName: 'Accepted', logs: [...receipt.logs] })[0]?.args.tradeId;
}
