import { WattchainError } from '@wattchain/core';
import {
  energyTradeAbi,
  formatKwh,
  formatTokens,
  MAX_TRADES_TO_SETTLE,
  refundTrade,
  settleTrades,
} from '@wattchain/market';
import type { Command } from 'commander';
import { parseEventLogs, type TransactionReceipt } from 'viem';
import { withGone } from '../options.js';
import { counted } from '../output.js';
import { addEnergyCommand } from './energyCommand.js';
import { parseId, withoutLength } from './energyOptions.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

const ent = (units: bigint) => `${formatTokens(units)} ENT`;

/** `wattchain trade settle` and `refund`: closing trades. */
export function addSettlementCommands(group: Command): void {
  addSettle(group);
  addRefund(group);
}

function addSettle(group: Command): void {
  addEnergyCommand<SendingOptions>(
    group,
    'settle <trade...>',
    'settle trades whose readings are final, in any order; anyone may',
    (command) => {
      const instead =
        'trades are named by their numbers: wattchain trade settle 1 2; wattchain trade list --state readyToSettle shows them';
      const gone = withGone(withGone(withSending(command), '--meter <id>', instead), '--start <time>', instead);
      return withExample(withoutLength(gone), 'wattchain trade settle 1 2 3 --from testbed:node-1');
    },
    async (output, options, ids) => {
      const tradeIds = readIds(ids as unknown as readonly string[]);
      const { connection, signer } = await connectSigner(options);
      const hash = await settleTrades(signer, { tradeAddress: connection.contracts().tradeAddress, tradeIds });
      const what = `settle ${counted(tradeIds.length, 'trade')}`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => describeClosed(receipt, tradeIds));
    },
  );
}

/** Numbers of trades, each once. Errors: `badNumber`, `tooManyTrades`. */
function readIds(texts: readonly string[]): readonly bigint[] {
  const ids = [...new Set(texts.map((text) => parseId('a trade', text)))];
  if (ids.length <= MAX_TRADES_TO_SETTLE) return ids;
  throw new WattchainError('tooManyTrades', `${ids.length} trades are more than fit a block with the rest`, {
    values: { trades: ids.length, most: MAX_TRADES_TO_SETTLE },
    hint: `settle at most ${MAX_TRADES_TO_SETTLE} with one command`,
  });
}

function addRefund(group: Command): void {
  addEnergyCommand<SendingOptions>(
    group,
    'refund <trade>',
    'give the escrow of a trade back to its buyer when no reading came in time; anyone may',
    withSending,
    async (output, options, id) => {
      const tradeId = parseId('the trade', id as string);
      const { connection, signer } = await connectSigner(options);
      const hash = await refundTrade(signer, { tradeAddress: connection.contracts().tradeAddress, tradeId });
      const what = `refund trade ${tradeId}`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => describeClosed(receipt, [tradeId]));
    },
  );
}

/** What became of trades, by the events of the transaction that closed them; those without an event stayed as they were. */
function describeClosed({ logs }: TransactionReceipt, tradeIds: readonly bigint[]): ReceiptNews {
  const settled = parseEventLogs({ abi: energyTradeAbi, eventName: 'Settled', logs }).map(({ args }) => args);
  const refunded = parseEventLogs({ abi: energyTradeAbi, eventName: 'Refunded', logs }).map(({ args }) => args);
  const closed = new Set([...settled, ...refunded].map(({ tradeId }) => tradeId));
  const left = tradeIds.filter((tradeId) => !closed.has(tradeId));
  const fromBond = (compensation: bigint) => (compensation === 0n ? '' : `, ${ent(compensation)} out of the bond`);
  const lines = [
    ...settled.map(
      (trade) =>
        `trade ${trade.tradeId}: ${formatKwh(trade.settledMwh)} kWh settled${trade.shortMwh === 0n ? '' : `, ${formatKwh(trade.shortMwh)} kWh short`}; ` +
        `${ent(trade.paid)} to the seller, ${ent(trade.returned)} back to the buyer${fromBond(trade.compensation)}`,
    ),
    ...refunded.map(
      (trade) => `trade ${trade.tradeId}: ${ent(trade.escrow)} back to the buyer${fromBond(trade.compensation)}`,
    ),
    ...left.map((tradeId) => `trade ${tradeId}: stays as it is: wattchain trade explain ${tradeId}`),
  ];
  return { values: { settled, refunded, left }, text: lines.join('\n') };
}
