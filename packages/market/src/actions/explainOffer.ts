import type { OfferState } from '../contracts/states.js';
import { formatInstant } from '../instant.js';
import { bondOf } from '../settlement/payments.js';
import { formatKwh, formatTokenAmount } from '../units.js';
import { type GetOfferParameters, getOffer, type Offer } from './getOffer.js';
import { getTradeRules } from './getTradeRules.js';
import type { ReadingClient } from './transaction.js';

/**
 * Where an offer stands and why, in plain language.
 * @throws WattchainError `unknownOffer`
 * @example
 * console.log(await explainOffer(client, { tradeAddress, offerId: 1n }));
 */
export async function explainOffer(client: ReadingClient, parameters: GetOfferParameters): Promise<string> {
  const [offer, { bonds }] = await Promise.all([getOffer(client, parameters), getTradeRules(client, parameters)]);
  return describeOffer(offer, bonds);
}

/**
 * The sentences of {@link explainOffer} for an offer that was read already.
 * @param bonds whether the market asks for bonds
 */
export function describeOffer(offer: Offer, bonds: boolean): string {
  const { offerId, energyMwh, price } = offer;
  const what = `Offer ${offerId}, ${kwh(energyMwh)} at ${formatTokenAmount(price)} for 150 Wh`;
  return `${what}: ${REASONS[offer.state](offer)}${bondText(offer, bonds)}`;
}

const kwh = (energyMwh: bigint) => `${formatKwh(energyMwh)} kWh`;

const REASONS: Readonly<Record<OfferState, (offer: Offer) => string>> = {
  none: () => 'unknown.',
  open: ({ remainingMwh, acceptUntil }) =>
    `open; ${kwh(remainingMwh)} can be accepted until ${formatInstant(acceptUntil)}.`,
  soldOut: () => 'sold out; all of it was accepted.',
  cancelled: ({ cancelledMwh }) => `cancelled; the seller has withdrawn ${kwh(cancelledMwh)} of it.`,
  expired: ({ remainingMwh, acceptUntil }) =>
    `expired at ${formatInstant(acceptUntil)}; ${kwh(remainingMwh)} were left.`,
  periodRead: ({ remainingMwh }) =>
    `the meter was read beyond the period's start, so the outcome is known; ${kwh(remainingMwh)} were left.`,
};

function bondText({ remainingMwh, state, ...prices }: Offer, bonds: boolean): string {
  const bond = bonds ? bondOf(remainingMwh, prices) : 0n;
  if (bond === 0n) return '';
  const amount = formatTokenAmount(bond);
  return state === 'open'
    ? ` ${amount} of the seller vouch for what is left.`
    : ` The seller gets the bond of ${amount} for what was left back by cancelling the offer.`;
}
