import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex, parseEventLogs } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type ReceiptLogs, type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

/** How long an offer can be accepted where nobody says otherwise, in block time: an evening's look at the page catches it. */
export const DEFAULT_ACCEPT_WITHIN_SECONDS = 3_600n;
/** How long after the period the reading must be in where nobody says otherwise: gateways report once a day. */
export const DEFAULT_SETTLE_WITHIN_SECONDS = 86_400n;

/** What the network's rules say about an offer's times, from `getTradeRules` and the registry's rules. */
export interface OfferTimes {
  readonly resolutionSeconds: bigint;
  /** Market time less block time, in seconds. */
  readonly marketTimeOffset: bigint;
  readonly gateSeconds: bigint;
  readonly longestSpanSeconds: bigint;
}

/**
 * The deadlines of an offer made at `now`, in block time: it can be accepted for so many seconds from now, and read for so many from
 * the end of its period, or from now where that is over; but no longer than the market's rules allow.
 * @param periodStart market time in seconds
 */
export function deadlinesOfOffer(
  now: bigint,
  periodStart: bigint,
  rules: OfferTimes,
  { acceptWithin, settleWithin }: { readonly acceptWithin: bigint; readonly settleWithin: bigint },
): Pick<OfferEnergyParameters, 'acceptUntil' | 'settleBy'> {
  const startsAt = periodStart - rules.marketTimeOffset;
  const endsAt = startsAt + rules.resolutionSeconds;
  return {
    acceptUntil: earlier(now + acceptWithin, startsAt - rules.gateSeconds),
    settleBy: earlier((endsAt > now ? endsAt : now) + settleWithin, now + rules.longestSpanSeconds),
  };
}

const earlier = (a: bigint, b: bigint) => (a < b ? a : b);

export interface OfferEnergyParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** 32 bytes, as registered. */
  readonly meter: Hex;
  /** Market time in seconds; the period is one resolution of the registry long. */
  readonly periodStart: bigint;
  /** Milliwatt-hours. */
  readonly energyMwh: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** What the grid takes, token units for 150 Wh, as `getTradeRules` says: refused when it has changed since. */
  readonly gridPrice: bigint;
  /** Block time in seconds until which the offer can be accepted. */
  readonly acceptUntil: bigint;
  /** Block time in seconds from when on a trade without the seller's reading can be refunded. */
  readonly settleBy: bigint;
}

/**
 * Offers energy of a period that its meter has not been read for. The caller is the meter's household. Where the market asks for
 * bonds, the trade contract needs an allowance of {@link bondOf} first (`approveTokens`).
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await offerEnergy(client, {
 *   tradeAddress, meter, periodStart: paperPeriodStart(8), energyMwh: parseKwh('1.071612'),
 *   price: DEFAULT_PRICE, gridPrice: rules.gridPrice, acceptUntil: now + 600n, settleBy: now + 86_400n,
 * });
 * const offerId = offerIdOf(await waitForTransactionReceipt(client, { hash }));
 */
export async function offerEnergy(client: SigningClient, parameters: OfferEnergyParameters): Promise<Hash> {
  const { tradeAddress, meter, periodStart, energyMwh, price, gridPrice, acceptUntil, settleBy, ...options } =
    parameters;
  const data = encodeFunctionData({
    abi: energyTradeAbi,
    functionName: 'offer',
    args: [meter, periodStart, energyMwh, price, gridPrice, acceptUntil, settleBy],
  });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}

/** The offer that a receipt of `offerEnergy` created; `undefined` when there is none. */
export function offerIdOf(receipt: ReceiptLogs): bigint | undefined {
  return parseEventLogs({ abi: energyTradeAbi, eventName: 'Offered', logs: [...receipt.logs] })[0]?.args.offerId;
}
