import { WattchainError } from '@wattchain/core';
import {
  describeOffer,
  describeTrade,
  formatKwh,
  formatTokens,
  getOffer,
  getTrade,
  getTradeRules,
  type Trade,
  type TradeReading,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatFields } from '../output.js';
import { addEnergyCommand } from './energyCommand.js';
import { formatBlockTime, formatPeriod, parseId } from './energyOptions.js';
import { formatLabel, formatWho, inWords } from './labels.js';
import { describeMarketTime, readMarketTime } from './marketTime.js';
import { TRADE_STATE_WORDS } from './tradeList.js';

const ent = (units: bigint) => `${formatTokens(units)} ENT`;

/** `wattchain trade show` and `explain`. */
export function addTradeShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show <trade>',
    'the terms of a trade, its readings, what was paid, where it stands and why',
    withRpc,
    async (output, options, id) => {
      const tradeId = parseId('the trade', id as string);
      const connection = await connectTo(options);
      const trade = await getTrade(connection.client, { tradeAddress: connection.contracts().tradeAddress, tradeId });
      const time = await readMarketTime(connection);
      const explanation = inWords(connection, describeTrade(trade));
      const fields = formatFields([
        ...fieldsOf(connection, trade, time.rules.resolutionSeconds),
        ['market time', describeMarketTime(time, connection)],
      ]);
      output.result({ ...trade, marketTime: time.marketNow, explanation }, `${fields}\n\n${explanation}`);
    },
  );
  addExplain(group);
}

function addExplain(group: Command): void {
  addEnergyCommand<RpcOptions & { readonly offer?: string }>(
    group,
    'explain [trade]',
    'where a trade stands and why, or with --offer an offer, in a sentence',
    (command) => withRpc(command).option('--offer <id>', 'from wattchain trade list --offers'),
    async (output, options, id) => {
      if ((id === undefined) === (options.offer === undefined)) {
        throw new WattchainError('badExplain', 'it takes one of the number of a trade and --offer', {
          hint: 'wattchain trade list shows the numbers',
        });
      }
      const connection = await connectTo(options);
      const { client } = connection;
      const { tradeAddress } = connection.contracts();
      if (options.offer !== undefined) {
        const offerId = parseId('--offer', options.offer);
        const offer = await getOffer(client, { tradeAddress, offerId });
        const { bonds } = await getTradeRules(client, { tradeAddress });
        const explanation = inWords(connection, describeOffer(offer, bonds));
        output.result({ offerId, state: offer.state, explanation }, explanation);
        return;
      }
      const tradeId = parseId('the trade', id as string);
      const trade = await getTrade(client, { tradeAddress, tradeId });
      const explanation = inWords(connection, describeTrade(trade));
      output.result({ tradeId, state: trade.state, explanation }, explanation);
    },
  );
}

function fieldsOf(connection: Connection, trade: Trade, resolutionSeconds: bigint): (readonly [string, string])[] {
  const { buyerMeter } = trade;
  return [
    ['trade', `${trade.tradeId} of offer ${trade.offerId}`],
    ['seller', formatWho(connection, trade.seller)],
    ['buyer', formatWho(connection, trade.buyer)],
    ['meter', formatLabel(trade.meter)],
    ...(buyerMeter === undefined ? [] : [["buyer's meter", formatLabel(buyerMeter)] as const]),
    ['period', formatPeriod(trade.periodStart, resolutionSeconds, connection.clock)],
    ['energy', `${formatKwh(trade.energyMwh)} kWh`],
    ['price', `${ent(trade.price)} for 150 Wh; the grid takes ${ent(trade.gridPrice)}`],
    ['escrow', ent(trade.escrow)],
    ...(trade.bond === 0n ? [] : [['bond', ent(trade.bond)] as const]),
    ['reading by', formatBlockTime(trade.settleBy, connection.clock)],
    ["seller's reading", readingText(trade.sellersReading)],
    ...(buyerMeter === undefined ? [] : [["buyer's reading", readingText(trade.buyersReading)] as const]),
    ['state', TRADE_STATE_WORDS[trade.state]],
    ...(CLOSED.has(trade.state) ? paymentsOf(trade) : []),
  ];
}

const CLOSED: ReadonlySet<Trade['state']> = new Set(['settled', 'short', 'refunded']);

function paymentsOf(trade: Trade): (readonly [string, string])[] {
  const short = trade.shortMwh === 0n ? '' : `, ${formatKwh(trade.shortMwh)} kWh short`;
  const compensation = trade.compensation === 0n ? '' : `, ${ent(trade.compensation)} out of the bond`;
  return [
    ['settled', `${formatKwh(trade.settledMwh)} kWh${short}`],
    [
      'paid',
      `${ent(trade.paidToSeller)} to the seller, ${ent(trade.returnedToBuyer)} back to the buyer${compensation}`,
    ],
  ];
}

function readingText(reading: TradeReading | undefined): string {
  if (reading === undefined) return 'none yet';
  const { producedMwh, consumedMwh, isFinal } = reading;
  const energies = `${formatKwh(producedMwh)} kWh produced, ${formatKwh(consumedMwh)} kWh consumed`;
  return isFinal ? energies : `${energies}; it can still be corrected`;
}
