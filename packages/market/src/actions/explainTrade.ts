import { assert } from '@wattchain/core';
import type { TradeState } from '../contracts/states.js';
import { formatInstant } from '../instant.js';
import { formatKwh, formatTokenAmount } from '../units.js';
import { type GetTradeParameters, getTrade, type Trade, type TradeReading } from './getTrade.js';
import type { ReadingClient } from './transaction.js';

/**
 * Where a trade stands and why, in plain language.
 * @throws WattchainError `unknownTrade`
 * @example
 * console.log(await explainTrade(client, { tradeAddress, tradeId: 1n }));
 * // Trade 1, 0.854339 kWh for 5.695593333333333333 tokens: settled. …
 */
export async function explainTrade(client: ReadingClient, parameters: GetTradeParameters): Promise<string> {
  return describeTrade(await getTrade(client, parameters));
}

/** The sentences of {@link explainTrade} for a trade that was read already. */
export function describeTrade(trade: Trade): string {
  const { tradeId, energyMwh, escrow } = trade;
  return `Trade ${tradeId}, ${kwh(energyMwh)} for ${formatTokenAmount(escrow)}: ${REASONS[trade.state](trade)}`;
}

const kwh = (energyMwh: bigint) => `${formatKwh(energyMwh)} kWh`;

const REASONS: Readonly<Record<TradeState, (trade: Trade) => string>> = {
  none: () => 'unknown.',
  awaitingReading: (trade) => `waiting for ${missing(trade)}; ${held(trade)}.`,
  readingNotFinal: (trade) => `${measured(trade)}; until that is final it can be corrected, and ${held(trade)}.`,
  waitingForEarlierTrade: ({ previousTradeId, ...trade }) =>
    `waiting for an earlier trade of the buyer for the same period, the last of which is trade ${previousTradeId}: they are settled in their order; ${held(trade)}.`,
  readyToSettle: (trade) => `${measured(trade)}; anyone can settle it now.`,
  refundable: (trade) =>
    `no reading of the seller came by ${formatInstant(trade.settleBy)}; anyone can trigger the refund of ${formatTokenAmount(trade.escrow)} to the buyer. A reading that comes before counts.`,
  settled: (trade) =>
    `settled. ${measured(trade)}, which covered all of it; the seller got ${formatTokenAmount(trade.paidToSeller)}${trade.returnedToBuyer === 0n ? '' : `, the buyer ${formatTokenAmount(trade.returnedToBuyer)} back`}.${bondPaid(trade)}`,
  short: (trade) =>
    `settled short. ${measured(trade)}, of which this trade got ${kwh(trade.settledMwh)}; the seller got ${formatTokenAmount(trade.paidToSeller)}, the buyer ${formatTokenAmount(trade.returnedToBuyer)} back. ${blame(trade)}${bondPaid(trade)}`,
  refunded: (trade) =>
    `refunded. No reading of the seller came by ${formatInstant(trade.settleBy)}, and the buyer got ${formatTokenAmount(trade.returnedToBuyer)} back.${bondPaid(trade)}`,
};

type Held = Pick<Trade, 'escrow' | 'bond'>;

function held({ escrow, bond }: Held): string {
  const vouching = bond === 0n ? '' : `, and ${formatTokenAmount(bond)} of the seller as a bond`;
  return `${formatTokenAmount(escrow)} are in escrow${vouching}`;
}

function missing(trade: Trade): string {
  const { sellersReading, buyerMeter, buyersReading, meterReadUntil, periodStart, settleBy } = trade;
  const until = formatInstant(settleBy);
  if (sellersReading === undefined) {
    const skipped =
      meterReadUntil > periodStart
        ? ', which was passed over and can only come by a correction; after that anyone can trigger the refund'
        : '';
    return `the reading of the seller's meter, until ${until}${skipped}`;
  }
  assert(buyerMeter !== undefined && buyersReading === undefined, 'a reading is missing');
  return `the reading of the buyer's meter; after ${until} the trade settles without it`;
}

function measured({ sellersReading, buyerMeter, buyersReading }: Trade): string {
  const seller = `The seller's meter shows ${shown(sellersReading, 'delivered')}`;
  if (buyerMeter === undefined) return seller;
  return `${seller}; the buyer's ${shown(buyersReading, 'taken')}`;
}

function shown(reading: TradeReading | undefined, what: 'delivered' | 'taken'): string {
  if (reading === undefined) return 'nothing';
  const { producedMwh, consumedMwh } = reading;
  const difference = what === 'delivered' ? producedMwh - consumedMwh : consumedMwh - producedMwh;
  const net = difference > 0n ? difference : 0n;
  return `${kwh(producedMwh)} produced and ${kwh(consumedMwh)} consumed, so ${kwh(net)} ${what}`;
}

/** Whose meter left the trade short. */
function blame({ energyMwh, settledMwh, shortMwh }: Trade): string {
  const rest = energyMwh - settledMwh - shortMwh;
  const parts = [
    ...(shortMwh > 0n ? [`${kwh(shortMwh)} were short on the seller's side`] : []),
    ...(rest > 0n ? [`${kwh(rest)} were not taken on the buyer's side`] : []),
  ];
  return `${parts.join(', ')}.`;
}

function bondPaid({ bond, compensation }: Trade): string {
  if (bond === 0n) return '';
  const back = bond - compensation;
  if (compensation === 0n) return ` The bond of ${formatTokenAmount(bond)} went back to the seller.`;
  const rest = back === 0n ? '' : `; ${formatTokenAmount(back)} of it went back to the seller`;
  return ` The seller's bond paid the buyer ${formatTokenAmount(compensation)}, which the grid took beyond the trade's price${rest}.`;
}
