import { assert } from '@wattchain/core';
import type { TradeState } from '../contracts/states.js';
import { formatKwh, formatTokenAmount } from '../units.js';
import { type GetTradeParameters, getTrade, type Trade } from './getTrade.js';
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
  return `Trade ${tradeId}, ${formatKwh(energyMwh)} kWh for ${formatTokenAmount(escrow)}: ${REASONS[trade.state](trade)}`;
}

const time = (seconds: bigint) => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
const kwh = (energyMwh: bigint) => `${formatKwh(energyMwh)} kWh`;

const REASONS: Readonly<Record<TradeState, (trade: Trade) => string>> = {
  none: () => 'unknown.',
  awaitingReading: (trade) =>
    trade.meterReadUntil > trade.periodStart
      ? `the meter was read past the beginning of this period without a reading of it, so none can come; after ${time(trade.settleBy)} anyone can trigger the refund of ${formatTokenAmount(trade.escrow)}.`
      : `waiting for the meter's reading of the period, which must be in by ${time(trade.settleBy)}; ${formatTokenAmount(trade.escrow)} are in escrow.`,
  readyToSettle: (trade) =>
    `${measured(trade)}; anyone can settle it now${trade.tradesAhead === 0n ? '' : `, after ${trade.tradesAhead} ${trade.tradesAhead === 1n ? 'trade' : 'trades'} accepted before it`}.`,
  refundable: (trade) =>
    `${trade.reading === undefined ? `no reading came by ${time(trade.settleBy)}` : `the reading came at ${time(trade.reading.reportedAt)}, after ${time(trade.settleBy)}`}; anyone can trigger the refund of ${formatTokenAmount(trade.escrow)} to the buyer.`,
  settled: (trade) =>
    `settled. ${measured(trade)}, which covered all of it; the seller got ${formatTokenAmount(trade.paidToSeller)}${trade.returnedToBuyer === 0n ? '' : `, the buyer ${formatTokenAmount(trade.returnedToBuyer)} back`}.`,
  short: (trade) =>
    `settled short. ${measured(trade)}, of which ${kwh(trade.deliveredMwh)} were left for this trade; the seller got ${formatTokenAmount(trade.paidToSeller)}, the buyer ${formatTokenAmount(trade.returnedToBuyer)} back.`,
  refunded: (trade) =>
    `refunded. No reading came by ${time(trade.settleBy)}, and the buyer got ${formatTokenAmount(trade.returnedToBuyer)} back.`,
};

function measured({ reading }: Trade): string {
  assert(reading !== undefined, 'a trade in this state has a reading');
  const { number, producedMwh, consumedMwh } = reading;
  const delivered = producedMwh > consumedMwh ? producedMwh - consumedMwh : 0n;
  return `Reading ${number} says ${kwh(producedMwh)} produced and ${kwh(consumedMwh)} consumed, so ${kwh(delivered)} delivered`;
}
