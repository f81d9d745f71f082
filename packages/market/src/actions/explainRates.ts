import { formatInstant } from '../instant.js';
import { formatCoins } from '../units.js';
import { type GetRatesParameters, getRates, type PendingRates, type Rates } from './getRates.js';
import type { ReadingClient } from './transaction.js';

/**
 * What a token costs and brings, and what is on its way, in plain language.
 * @example
 * console.log(await explainRates(client, { bankAddress }));
 * // A token costs 0.001 coins and brings 0.001 coins. …
 */
export async function explainRates(client: ReadingClient, parameters: GetRatesParameters): Promise<string> {
  return describeRates(await getRates(client, parameters));
}

/** The sentences of {@link explainRates} for rates that were read already. */
export function describeRates({ buyRateWei, redeemRateWei, pending }: Rates): string {
  const now = `A token costs ${coinsInWords(buyRateWei)} and brings ${coinsInWords(redeemRateWei)}.`;
  return pending === undefined ? `${now} No change is announced.` : `${now} ${describePending(pending)}`;
}

function describePending(pending: PendingRates): string {
  const { buyRateWei, redeemRateWei, state, announcedAt, announcedBy, confirmedBy, inForceFrom, inForceUntil } =
    pending;
  const rates = `${formatCoins(buyRateWei)} and ${coinsInWords(redeemRateWei)}`;
  const announced = `Operator ${announcedBy} announced ${rates} at ${formatInstant(announcedAt)}`;
  const confirmed = `${announced}, operator ${confirmedBy} confirmed them`;
  const sentences: Readonly<Record<PendingRates['state'], string>> = {
    none: 'No change is announced.',
    announced: `${announced}: with the agreement of another operator they can come into force from ${formatInstant(inForceFrom)} on, and lapse after ${formatInstant(inForceUntil)}.`,
    confirmed: `${confirmed}: they can come into force from ${formatInstant(inForceFrom)} on; until then the rates of today hold for everyone.`,
    ready: `${confirmed}: anyone can bring them into force until ${formatInstant(inForceUntil)}, as soon as the reserve covers all tokens at them.`,
    lapsed: `${announced}; they were not brought into force by ${formatInstant(inForceUntil)} and have lapsed.`,
  };
  return sentences[state];
}

function coinsInWords(wei: bigint): string {
  const text = formatCoins(wei);
  return `${text} ${text === '1' ? 'coin' : 'coins'}`;
}
