import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, parseEventLogs } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type ReceiptLogs, type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AcceptOfferParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** From `listOffers`. */
  readonly offerId: bigint;
  /** Milliwatt-hours, at most what is left of the offer. */
  readonly energyMwh: bigint;
}

/**
 * Accepts all or part of an offer. `floor(energyMwh · price / 150000)` token units go into escrow; the trade contract needs an
 * allowance for them first (`approveTokens`).
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await acceptOffer(client, { tradeAddress, offerId: 1n, energyMwh: parseKwh('0.854339') });
 * const tradeId = tradeIdOf(await waitForTransactionReceipt(client, { hash }));
 */
export async function acceptOffer(client: SigningClient, parameters: AcceptOfferParameters): Promise<Hash> {
  const { tradeAddress, offerId, energyMwh, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'accept', args: [offerId, energyMwh] });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}

/** The trade that a receipt of `acceptOffer` created; `undefined` when there is none. */
export function tradeIdOf(receipt: ReceiptLogs): bigint | undefined {
  return parseEventLogs({ abi: energyTradeAbi, eventName: 'Accepted', logs: [...receipt.logs] })[0]?.args.tradeId;
}
