import { WattchainError } from '@wattchain/core';
import {
  formatKwh,
  formatTokens,
  listOffers,
  listTrades,
  OFFER_STATES,
  type Offer,
  type OfferState,
  type Page,
  type PageBounds,
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
import { describeNext, type ListOptions, pageOf, withPage } from './listOptions.js';
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
const NOTHING: Page<never> = { entries: [] };

const STATES_OF_TRADES = TRADE_STATES.filter((state) => state !== 'none');

interface TradeListOptions extends RpcOptions, ListOptions {
  readonly offers?: boolean;
  readonly state?: string;
}

/** `wattchain trade list`. */
export function addTradeList(group: Command): void {
  addEnergyCommand<TradeListOptions>(
    group,
    'list',
    'the open offers and the trades, newest first; with --offers all offers, with --state or --before the trades or offers in question alone',
    (command) =>
      withPage(withRpc(command))
        .option('--offers', 'offers only')
        .option(
          '--state <state>',
          `of trades: ${STATES_OF_TRADES.join(', ')}; with --offers: ${STATES_OF_OFFERS.join(', ')}`,
        ),
    async (output, options) => {
      const offerState = options.offers ? parseState('an offer', STATES_OF_OFFERS, options.state) : 'open';
      const tradeState = options.offers ? undefined : parseState('a trade', STATES_OF_TRADES, options.state);
      const page = pageOf(options);
      const connection = await connectTo(options);
      const wantsOffers = options.offers === true || (options.state === undefined && options.before === undefined);
      const offers = wantsOffers ? await offersOf(connection, offerState, page) : NOTHING;
      const trades = options.offers ? NOTHING : await tradesOf(connection, tradeState, page);
      const time = await readMarketTime(connection);
      const parts = [
        ...(wantsOffers ? [renderOffers(connection, offers.entries, time), ...describeNext(offers, 'offer')] : []),
        ...(options.offers ? [] : [renderTrades(connection, trades.entries, time), ...describeNext(trades, 'trade')]),
        `market time ${describeMarketTime(time, connection)}`,
      ];
      const listed = {
        ...(wantsOffers ? { offers: offers.entries } : {}),
        ...(options.offers ? {} : { trades: trades.entries }),
        next: { offers: offers.next ?? null, trades: trades.next ?? null },
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

function offersOf(connection: Connection, state: OfferState | undefined, page: PageBounds): Promise<Page<Offer>> {
  const { tradeAddress } = connection.contracts();
  return listOffers(connection.client, { tradeAddress, ...page, ...(state === undefined ? {} : { state }) });
}

function tradesOf(connection: Connection, state: TradeState | undefined, page: PageBounds): Promise<Page<Trade>> {
  const { tradeAddress } = connection.contracts();
  return listTrades(connection.client, { tradeAddress, ...page, ...(state === undefined ? {} : { state }) });
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
