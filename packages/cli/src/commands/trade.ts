import { WattchainError } from '@wattchain/core';
import {
  acceptOffer,
  amountOf,
  cancelOffer,
  DEFAULT_ACCEPT_WITHIN_SECONDS,
  DEFAULT_SETTLE_WITHIN_SECONDS,
  deadlinesOfOffer,
  describeTrade,
  doubtsOfOffer,
  energyTradeAbi,
  formatKwh,
  formatTokens,
  getOffer,
  getResolution,
  getTrade,
  offerEnergy,
  offerIdOf,
  parseTokens,
  refundTrade,
  refusalError,
  settlePeriod,
  tradeIdOf,
} from '@wattchain/market';
import type { Command } from 'commander';
import { parseEventLogs, type TransactionReceipt } from 'viem';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { formatFields } from '../output.js';
import { addGroup } from '../program.js';
import { ensureAllowance } from './allowance.js';
import { type PowerOptions, readContext, settleDoubts, withPower } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import {
  formatBlockTime,
  formatDuration,
  formatPeriod,
  type PeriodOptions,
  parseDuration,
  parseEnergyKwh,
  parseId,
  parsePeriod,
  withPeriod,
} from './energyOptions.js';
import { formatLabel, formatWho, LABEL_FORMAT, parseLabel } from './labels.js';
import { readMeter, requireUnread } from './meters.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { addTradeList, OFFER_STATE_WORDS, TRADE_STATE_WORDS } from './tradeList.js';
import { type ReceiptNews, reportTransaction } from './transaction.js';

/** Trades that one settlement closes at most, so that it fits a block. */
const MAX_TRADES_A_SETTLEMENT = 50;

/** A duration as {@link parseDuration} reads it. */
const durationOf = (seconds: bigint) => formatDuration(seconds).replace(' ', '');

const ent = (units: bigint) => `${formatTokens(units)} ENT`;

/** `wattchain trade …`: electricity from household to household. */
export function addTradeCommands(program: Command): void {
  const group = addGroup(
    program,
    'trade',
    'offer, accept and settle electricity; energy in kWh, prices in tokens for 150 Wh',
  );
  addOffer(group);
  addAccept(group);
  addCancel(group);
  addTradeList(group);
  addShow(group);
  addSettle(group);
  addRefund(group);
}

interface OfferOptions extends SendingOptions, PeriodOptions, PowerOptions {
  readonly meter: string;
  readonly energy: string;
  readonly price: string;
  readonly acceptWithin: string;
  readonly settleWithin: string;
}

function addOffer(group: Command): void {
  addEnergyCommand<OfferOptions>(
    group,
    'offer',
    "offer energy of a period that your meter has not been read for; the meter's household only",
    (command) =>
      withExample(
        withPower(withPeriod(withSending(command).requiredOption('--meter <id>', LABEL_FORMAT)))
          .requiredOption('--energy <kwh>', 'kWh, up to 6 decimals (1 mWh)')
          .option('--price <tokens>', 'tokens for 150 Wh', '1')
          .option(
            '--accept-within <duration>',
            'how long it can be accepted, in block time: 90s, 15m, 1h, 7d',
            durationOf(DEFAULT_ACCEPT_WITHIN_SECONDS),
          )
          .option(
            '--settle-within <duration>',
            'how long after the period, or from now where it is over, the reading must be in, in block time',
            durationOf(DEFAULT_SETTLE_WITHIN_SECONDS),
          ),
        'wattchain trade offer --from testbed:node-1 --meter node-1 --start 2018-07-04T08:00-07:00 --energy 1.071612',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      parsePeriod(options);
      const energyMwh = parseEnergyKwh(options.energy);
      const price = parseTokens(options.price);
      const acceptWithin = parseDuration('--accept-within', options.acceptWithin);
      const settleWithin = parseDuration('--settle-within', options.settleWithin);
      if (settleWithin <= acceptWithin) {
        throw new WattchainError(
          'badDeadlines',
          `--settle-within ${options.settleWithin} is not longer than --accept-within ${options.acceptWithin}`,
          {
            values: { acceptWithin, settleWithin },
            hint: 'the reading comes after the acceptances: give it more time',
          },
        );
      }
      const { connection, signer } = await connectSigner(options);
      const { clock } = connection;
      const period = parsePeriod(options, clock);
      const { tradeAddress } = connection.contracts();
      const known = await readMeter(connection, meter);
      requireUnread(connection, meter, known.readUntil, period.periodStart);
      // Deadlines are block time: the chain's clock, not this machine's.
      const context = await readContext(connection, options);
      const deadlines = deadlinesOfOffer(context.now, period, { acceptWithin, settleWithin });
      const offer = { meter, ...period, energyMwh, price, ...deadlines };
      const resolutionSeconds = await getResolution(connection.client, { tradeAddress, ...known });
      await settleDoubts(output, options, doubtsOfOffer(offer, { ...context, resolutionSeconds }));
      const hash = await offerEnergy(signer, { tradeAddress, ...offer });
      const what = `offer ${formatKwh(energyMwh)} kWh of meter ${formatLabel(meter)} (${formatPeriod(period, clock)}) at ${ent(price)} for 150 Wh`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => {
        const offerId = offerIdOf(receipt);
        const until = `can be accepted until ${formatBlockTime(deadlines.acceptUntil, clock)}, must be read by ${formatBlockTime(deadlines.settleBy, clock)}`;
        return { values: { offerId, ...offer }, text: `offer ${offerId}: ${until}` };
      });
    },
  );
}

function addAccept(group: Command): void {
  addEnergyCommand<SendingOptions & PowerOptions & { readonly offer: string; readonly energy: string }>(
    group,
    'accept',
    'accept all or part of an offer; its price goes into escrow, after an approval of exactly that when one is needed',
    (command) =>
      withExample(
        withPower(withSending(command))
          .requiredOption('--offer <id>', 'from wattchain trade list --offers')
          .requiredOption('--energy <kwh>', 'kWh, up to 6 decimals, at most what is left of the offer'),
        'wattchain trade accept --from testbed:node-2 --offer 1 --energy 0.854339',
      ),
    async (output, options) => {
      const offerId = parseId('--offer', options.offer);
      const energyMwh = parseEnergyKwh(options.energy);
      const { connection, signer } = await connectSigner(options);
      const { tradeAddress } = connection.contracts();
      const offer = await getOffer(connection.client, { tradeAddress, offerId });
      // What the contract would refuse is refused before an approval is paid for.
      if (offer.state !== 'open') {
        throw new WattchainError('offerNotOpen', `offer ${offerId} is ${OFFER_STATE_WORDS[offer.state]}`, {
          values: { offerId, state: offer.state },
          hint: 'wattchain trade list --offers --state open shows those that can be accepted',
        });
      }
      if (offer.seller.toLowerCase() === signer.account.address.toLowerCase()) {
        throw new WattchainError('ownOffer', `offer ${offerId} is your own`, {
          values: { offerId, seller: offer.seller },
          hint: 'only another household can accept it; "wattchain trade cancel" takes it back',
        });
      }
      if (offer.remainingMwh < energyMwh) throw refusalError('NotEnoughOnOffer', [offer.remainingMwh, energyMwh]);
      // Tokens go into escrow for what the seller wrote, slips included.
      await settleDoubts(
        output,
        options,
        doubtsOfOffer({ ...offer, energyMwh }, await readContext(connection, options)),
      );
      const escrow = amountOf(energyMwh, offer.price);
      const spender = { address: tradeAddress, name: 'the trade contract' };
      const approved = await ensureAllowance(output, connection, signer, spender, escrow);
      const hash = await acceptOffer(signer, { tradeAddress, offerId, energyMwh });
      const what = `accept ${formatKwh(energyMwh)} kWh of offer ${offerId} for ${ent(escrow)}`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => {
        const tradeId = tradeIdOf(receipt);
        const lines = [...(approved === undefined ? [] : [approved]), `trade ${tradeId}: ${ent(escrow)} in escrow`];
        return { values: { tradeId, offerId, energyMwh, escrow, approved }, text: lines.join('\n') };
      });
    },
  );
}

function addCancel(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly offer: string }>(
    group,
    'cancel',
    'withdraw what nobody has accepted of an offer; its seller only',
    (command) => withSending(command).requiredOption('--offer <id>', 'from wattchain trade list --offers'),
    async (output, options) => {
      const offerId = parseId('--offer', options.offer);
      const { connection, signer } = await connectSigner(options);
      const hash = await cancelOffer(signer, { tradeAddress: connection.contracts().tradeAddress, offerId });
      await reportTransaction(output, connection, options, hash, `cancel what is left of offer ${offerId}`);
    },
  );
}

function addShow(group: Command): void {
  addEnergyCommand<RpcOptions>(
    group,
    'show <trade>',
    'the terms of a trade, where it stands and why',
    withRpc,
    async (output, options, id) => {
      const tradeId = parseId('the trade', id as string);
      const connection = await connectTo(options);
      const { tradeAddress } = connection.contracts();
      const trade = await getTrade(connection.client, { tradeAddress, tradeId });
      const explanation = describeTrade(trade);
      const fields = formatFields([
        ['trade', `${tradeId} of offer ${trade.offerId}`],
        ['seller', formatWho(connection, trade.seller)],
        ['buyer', formatWho(connection, trade.buyer)],
        ['meter', formatLabel(trade.meter)],
        ['period', formatPeriod(trade, connection.clock)],
        ['energy', `${formatKwh(trade.energyMwh)} kWh`],
        ['price', `${ent(trade.price)} for 150 Wh`],
        ['escrow', ent(trade.escrow)],
        ['reading by', formatBlockTime(trade.settleBy, connection.clock)],
        ['state', TRADE_STATE_WORDS[trade.state]],
      ]);
      output.result({ ...trade, explanation }, `${fields}\n\n${explanation}`);
    },
  );
}

function addSettle(group: Command): void {
  addEnergyCommand<SendingOptions & PeriodOptions & { readonly meter: string }>(
    group,
    'settle',
    'settle the trades of a period that was read, in order of acceptance; anyone may',
    (command) =>
      withExample(
        withPeriod(withSending(command).requiredOption('--meter <id>', `the seller's meter: ${LABEL_FORMAT}`)),
        'wattchain trade settle --from testbed:node-1 --meter node-1 --start 2018-07-04T08:00-07:00',
      ),
    async (output, options) => {
      const meter = parseLabel('--meter', options.meter);
      parsePeriod(options);
      const { connection, signer } = await connectSigner(options);
      const { clock } = connection;
      const period = parsePeriod(options, clock);
      const { tradeAddress } = connection.contracts();
      await readMeter(connection, meter);
      const maxTrades = BigInt(MAX_TRADES_A_SETTLEMENT);
      const hash = await settlePeriod(signer, { tradeAddress, meter, ...period, maxTrades });
      const what = `settle meter ${formatLabel(meter)} (${formatPeriod(period, clock)})`;
      await reportTransaction(output, connection, options, hash, what, describeSettlement);
    },
  );
}

function describeSettlement({ logs }: TransactionReceipt): ReceiptNews {
  const settled = parseEventLogs({ abi: energyTradeAbi, eventName: 'Settled', logs }).map(({ args }) => args);
  const refunded = parseEventLogs({ abi: energyTradeAbi, eventName: 'Refunded', logs }).map(({ args }) => args);
  const lines = [
    ...settled.map(
      (trade) =>
        `trade ${trade.tradeId}: ${formatKwh(trade.deliveredMwh)} kWh delivered, ${ent(trade.paid)} to the seller, ${ent(trade.returned)} back`,
    ),
    ...refunded.map((trade) => `trade ${trade.tradeId}: refunded ${ent(trade.escrow)}, its reading came too late`),
  ];
  if (lines.length === MAX_TRADES_A_SETTLEMENT) lines.push('there may be more trades of this period: settle again');
  return { values: { settled, refunded }, text: lines.join('\n') };
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
      await reportTransaction(output, connection, options, hash, `refund trade ${tradeId}`);
    },
  );
}
