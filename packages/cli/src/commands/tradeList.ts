import { WattchainError } from '@wattchain/core';
import {
  formatKwh,
  formatTokens,
  listOffers,
  listTrades,
  OFFER_STATES,
  type Offer,
  type OfferState,
  TRADE_STATES,
  type Trade,
  type TradeState,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatTable, reportTable } from '../output.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatBlockTime, formatPeriod } from './energyOptions.js';
import { formatLabel, formatWho } from './labels.js';
import { describeMarketTime, type MarketTime, readMarketTime } from './marketTime.js';

/** States of offers in plain words. */
export const OFFER_STATE_WORDS: Readonly<Record<OfferState, string>> = {
  none: 'unknown',
  open: 'open',
  soldOut: 'sold out',
  cancelled: 'cancelled',
  expired: 'expired',
  periodRead: 'closed: its meter was read',
};

/** States of trades in plain words. */
export const TRADE_STATE_WORDS: Readonly<Record<TradeState, string>> = {
  none: 'unknown',
  awaitingReading: 'waiting for a reading',
  readingNotFinal: 'reading not final yet',
  waitingForEarlierTrade: 'waiting for an earlier trade',
  readyToSettle: 'ready to settle',
  refundable: 'refundable',
  settled: 'settled',
  short: 'settled short',
  refunded: 'refunded',
};

const STATES_OF_OFFERS = OFFER_STATES.filter((state) => state !== 'none');
const STATES_OF_TRADES = TRADE_STATES.filter((state) => state !== 'none');

interface ListOptions extends RpcOptions {
  readonly offers?: boolean;
  readonly state?: string;
}

/** `wattchain trade list`. */
export function addTradeList(group: Command): void {
  addEnergyCommand<ListOptions>(
    group,
    'list',
    'the open offers and all trades; with --offers all offers, with --state only the trades or offers in it',
    (command) =>
      withRpc(command)
        .option('--offers', 'offers only')
        .option(
          '--state <state>',
          `of trades: ${STATES_OF_TRADES.join(', ')}; with --offers: ${STATES_OF_OFFERS.join(', ')}`,
        ),
    async (output, options) => {
      const offerState = options.offers ? parseState('an offer', STATES_OF_OFFERS, options.state) : 'open';
      const tradeState = options.offers ? undefined : parseState('a trade', STATES_OF_TRADES, options.state);
      const connection = await connectTo(options);
      const wantsOffers = options.offers === true || options.state === undefined;
      const offers = wantsOffers ? await offersOf(connection, offerState) : [];
      const trades = options.offers ? [] : await tradesOf(connection, tradeState);
      const time = await readMarketTime(connection);
      const parts = [
        ...(wantsOffers ? [renderOffers(connection, offers, time)] : []),
        ...(options.offers ? [] : [renderTrades(connection, trades, time)]),
        `market time ${describeMarketTime(time, connection)}`,
      ];
      const listed = {
        ...(wantsOffers ? { offers } : {}),
        ...(options.offers ? {} : { trades }),
        marketTime: time.marketNow,
      };
      reportTable(output, listed, parts.join('\n\n'));
    },
  );
}

function parseState<State extends string>(
  of: string,
  states: readonly State[],
  text: string | undefined,
): State | undefined {
  const found = states.find((state) => state === text);
  if (text !== undefined && found === undefined) {
    throw new WattchainError('badState', `--state is "${text}", not a state of ${of}`, {
      values: { text },
      hint: `states are ${states.join(', ')}`,
    });
  }
  return found;
}

function offersOf(connection: Connection, state: OfferState | undefined): Promise<Offer[]> {
  const { tradeAddress } = connection.contracts();
  return listOffers(connection.client, { tradeAddress, ...(state === undefined ? {} : { state }) });
}

function tradesOf(connection: Connection, state: TradeState | undefined): Promise<Trade[]> {
  const { tradeAddress } = connection.contracts();
  return listTrades(connection.client, { tradeAddress, ...(state === undefined ? {} : { state }) });
}

function renderOffers(connection: Connection, offers: readonly Offer[], { rules }: MarketTime): string {
  if (offers.length === 0) return 'no offers to show';
  const heading = ['offer', 'state', 'seller', 'meter', 'period', 'left kWh', 'of kWh', 'ENT/150 Wh', 'accept until'];
  const rows = offers.map((offer) => [
    String(offer.offerId),
    OFFER_STATE_WORDS[offer.state],
    formatWho(connection, offer.seller),
    formatLabel(offer.meter),
    formatPeriod(offer.periodStart, rules.resolutionSeconds, connection.clock),
    formatKwh(offer.remainingMwh),
    formatKwh(offer.energyMwh),
    formatTokens(offer.price),
    formatBlockTime(offer.acceptUntil, connection.clock),
  ]);
  return formatTable([heading, ...rows], [0, 5, 6, 7]);
}

function renderTrades(connection: Connection, trades: readonly Trade[], { rules }: MarketTime): string {
  if (trades.length === 0) return 'no trades to show';
  const heading = ['trade', 'state', 'seller', 'buyer', 'meter', 'period', 'kWh', 'ENT in all', 'reading by'];
  const rows = trades.map((trade) => [
    String(trade.tradeId),
    TRADE_STATE_WORDS[trade.state],
    formatWho(connection, trade.seller),
    formatWho(connection, trade.buyer),
    formatLabel(trade.meter),
    formatPeriod(trade.periodStart, rules.resolutionSeconds, connection.clock),
    formatKwh(trade.energyMwh),
    formatTokens(trade.escrow),
    formatBlockTime(trade.settleBy, connection.clock),
  ]);
  return formatTable([heading, ...rows], [0, 6, 7]);
}
