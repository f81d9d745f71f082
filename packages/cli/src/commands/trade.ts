import { WattchainError } from '@wattchain/core';
import {
  acceptOffer,
  amountOf,
  bondOf,
  cancelOffer,
  DEFAULT_ACCEPT_WITHIN_SECONDS,
  DEFAULT_SETTLE_WITHIN_SECONDS,
  deadlinesOfOffer,
  doubtsOfOffer,
  formatKwh,
  formatTokens,
  getOffer,
  getTradeRules,
  type Offer,
  offerEnergy,
  offerIdOf,
  parseTokens,
  refusalError,
  tradeIdOf,
} from '@wattchain/market';
import type { Command } from 'commander';
import type { Connection } from '../client.js';
import { formatFields } from '../output.js';
import { addGroup } from '../program.js';
import { ensureAllowance } from './allowance.js';
import { type DoubtOptions, readContext, settleDoubts, withPower } from './doubts.js';
import { addEnergyCommand } from './energyCommand.js';
import {
  durationOf,
  formatBlockTime,
  formatPeriod,
  type PeriodOptions,
  parseDuration,
  parseEnergyKwh,
  parseId,
  parseTime,
  withPeriod,
} from './energyOptions.js';
import { addGridPriceCommands } from './gridPrice.js';
import { formatLabel, formatWho, LABEL_FORMAT, parseLabel } from './labels.js';
import { describeMarketTime, type MarketTime, readMarketTime } from './marketTime.js';
import { readMeter, requireUnread } from './meters.js';
import { connectSigner, type SendingOptions, withExample, withSending } from './sending.js';
import { addTradeList, OFFER_STATE_WORDS } from './tradeList.js';
import { addSettlementCommands } from './tradeSettle.js';
import { addTradeShow } from './tradeShow.js';
import { reportTransaction } from './transaction.js';

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
  addTradeShow(group);
  addSettlementCommands(group);
  addGridPriceCommands(group);
}

interface OfferOptions extends SendingOptions, PeriodOptions, DoubtOptions {
  readonly meter: string;
  readonly energy: string;
  readonly price: string;
  readonly acceptWithin: string;
  readonly settleWithin: string;
}

function withOffer(command: Command): Command {
  return withExample(
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
        'how long after the period, or from now where it is over, the reading must be in',
        durationOf(DEFAULT_SETTLE_WITHIN_SECONDS),
      ),
    'wattchain trade offer --from testbed:node-1 --meter node-1 --start 2018-07-04T08:00-07:00 --energy 1.071612',
  );
}

/** What an offer's options say, before a node is asked. */
function readOffer(options: OfferOptions) {
  const { acceptWithin, settleWithin } = {
    acceptWithin: parseDuration('--accept-within', options.acceptWithin),
    settleWithin: parseDuration('--settle-within', options.settleWithin),
  };
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
  parseTime('--start', options.start);
  return {
    meter: parseLabel('--meter', options.meter),
    energyMwh: parseEnergyKwh(options.energy),
    price: parseTokens(options.price),
    within: { acceptWithin, settleWithin },
  };
}

function addOffer(group: Command): void {
  addEnergyCommand<OfferOptions>(
    group,
    'offer',
    "offer energy of a period that your meter has not been read for; the meter's household only",
    withOffer,
    async (output, options) => {
      const { meter, energyMwh, price, within } = readOffer(options);
      const { connection, signer } = await connectSigner(options);
      const { client, clock } = connection;
      const { tradeAddress } = connection.contracts();
      const periodStart = parseTime('--start', options.start, clock);
      const [known, time, rules] = await Promise.all([
        readMeter(connection, meter),
        readMarketTime(connection),
        getTradeRules(client, { tradeAddress }),
      ]);
      requireUnread(connection, meter, known.readUntil, periodStart);
      const { gridPrice } = rules;
      const deadlines = deadlinesOfOffer(time.now, periodStart, { ...rules, ...time.rules }, within);
      requireOpenGate(connection, deadlines.acceptUntil, time);
      const offer = { meter, periodStart, energyMwh, price, gridPrice, ...deadlines };
      await settleDoubts(output, options, doubtsOfOffer(offer, await readContext(connection, known.ratingMwh)));
      const bond = rules.bonds ? bondOf(energyMwh, offer) : 0n;
      const spender = { address: tradeAddress, name: 'the trade contract' };
      const approved = bond === 0n ? undefined : await ensureAllowance(output, connection, signer, spender, bond);
      const hash = await offerEnergy(signer, { tradeAddress, ...offer });
      const period = formatPeriod(periodStart, time.rules.resolutionSeconds, clock);
      const what = `offer ${formatKwh(energyMwh)} kWh of meter ${formatLabel(meter)} (${period}) at ${ent(price)} for 150 Wh`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => {
        const offerId = offerIdOf(receipt);
        const until = `can be accepted until ${formatBlockTime(deadlines.acceptUntil, clock)}, must be read by ${formatBlockTime(deadlines.settleBy, clock)}`;
        const secured = bond === 0n ? '' : `; ${ent(bond)} are its bond`;
        const lines = [...(approved === undefined ? [] : [approved]), `offer ${offerId}: ${until}${secured}`];
        return { values: { offerId, ...offer, bond, approved }, text: lines.join('\n') };
      });
    },
  );
}

/** Offers close a stated time before their period. Errors: `gateClosed`. */
function requireOpenGate(connection: Connection, acceptUntil: bigint, time: MarketTime): void {
  if (acceptUntil > time.now) return;
  throw new WattchainError(
    'gateClosed',
    `offers of this period closed at ${formatBlockTime(acceptUntil, connection.clock)}`,
    {
      values: { acceptUntil, now: time.now, marketTime: time.marketNow },
      hint: `offer a later period; market time is ${describeMarketTime(time, connection)}`,
    },
  );
}

interface AcceptOptions extends SendingOptions, DoubtOptions {
  readonly offer: string;
  readonly energy: string;
  readonly buyerMeter?: string;
  readonly meter?: string;
  readonly start?: string;
  readonly price?: string;
}

function addAccept(group: Command): void {
  addEnergyCommand<AcceptOptions>(
    group,
    'accept',
    'accept all or part of an offer; its price goes into escrow, after an approval of exactly that when one is needed',
    (command) =>
      withExample(
        withPower(withSending(command))
          .requiredOption('--offer <id>', 'from wattchain trade list --offers')
          .requiredOption('--energy <kwh>', 'kWh, up to 6 decimals, at most what is left of the offer')
          .option('--buyer-meter <id>', `your meter, in a market where both meters count: ${LABEL_FORMAT}`)
          .option('--meter <id>', 'only if the offer is of this meter')
          .option('--start <time>', 'only if the offer is of the period that begins then')
          .option('--price <tokens>', 'only if this is its price for 150 Wh'),
        'wattchain trade accept --from testbed:node-2 --offer 1 --energy 0.854339 --price 1',
      ),
    async (output, options) => {
      const offerId = parseId('--offer', options.offer);
      const energyMwh = parseEnergyKwh(options.energy);
      const buyerMeter = options.buyerMeter === undefined ? undefined : parseLabel('--buyer-meter', options.buyerMeter);
      const { connection, signer } = await connectSigner(options);
      const { tradeAddress } = connection.contracts();
      const offer = await getOffer(connection.client, { tradeAddress, offerId });
      requireMeant(connection, options, offer);
      requireAcceptable(offer, energyMwh, signer.account.address);
      await requireMeterNamed(connection, buyerMeter);
      const { ratingMwh } = await readMeter(connection, offer.meter);
      const context = await readContext(connection, ratingMwh);
      // Tokens go into escrow for what the seller wrote, slips included.
      await settleDoubts(output, options, doubtsOfOffer({ ...offer, energyMwh }, context));
      const escrow = amountOf(energyMwh, offer.price);
      const spender = { address: tradeAddress, name: 'the trade contract' };
      const approved = await ensureAllowance(output, connection, signer, spender, escrow);
      const terms = describeTerms(connection, offer, context.resolutionSeconds);
      output.progress(`these terms are signed; if the offer has others by then, nothing is accepted:\n${terms}`);
      const hash = await acceptOffer(signer, { tradeAddress, offer, energyMwh, buyerMeter });
      const what = `accept ${formatKwh(energyMwh)} kWh of offer ${offerId} for ${ent(escrow)}`;
      await reportTransaction(output, connection, options, hash, what, (receipt) => {
        const tradeId = tradeIdOf(receipt);
        const lines = [...(approved === undefined ? [] : [approved]), `trade ${tradeId}: ${ent(escrow)} in escrow`];
        return { values: { tradeId, offer, energyMwh, buyerMeter, escrow, approved }, text: lines.join('\n') };
      });
    },
  );
}

/** What the contract would refuse is refused before an approval is paid for. */
function requireAcceptable(offer: Offer, energyMwh: bigint, buyer: string): void {
  const { offerId, state, seller, remainingMwh } = offer;
  if (state !== 'open') {
    throw new WattchainError('offerNotOpen', `offer ${offerId} is ${OFFER_STATE_WORDS[state]}`, {
      values: { offerId, state },
      hint: 'wattchain trade list --offers --state open shows those that can be accepted',
    });
  }
  if (seller.toLowerCase() === buyer.toLowerCase()) {
    throw new WattchainError('ownOffer', `offer ${offerId} is your own`, {
      values: { offerId, seller },
      hint: 'only another household can accept it; "wattchain trade cancel" takes it back',
    });
  }
  if (remainingMwh < energyMwh) throw refusalError('NotEnoughOnOffer', [remainingMwh, energyMwh]);
}

/** Where both meters count an acceptance names the buyer's. Errors: `meterNeeded`. */
async function requireMeterNamed({ client, contracts }: Connection, buyerMeter: string | undefined): Promise<void> {
  const { settlement } = await getTradeRules(client, { tradeAddress: contracts().tradeAddress });
  if ((settlement === 'sellerMeter') === (buyerMeter === undefined)) return;
  if (buyerMeter === undefined) {
    throw new WattchainError('meterNeeded', 'in this market both meters count, and yours is not named', {
      hint: 'name it: --buyer-meter ID',
    });
  }
  throw new WattchainError(
    'meterNeeded',
    "in this market the seller's meter alone counts, and --buyer-meter is given",
    {
      hint: 'leave it out',
    },
  );
}

/** Refuses an offer that is another than the person says. Errors: `termsDiffer`. */
function requireMeant({ clock }: Connection, options: AcceptOptions, offer: Offer): void {
  const { meter, start, price } = options;
  const wrong =
    meter !== undefined && parseLabel('--meter', meter) !== offer.meter
      ? `of meter ${formatLabel(offer.meter)}, not of ${meter}`
      : start !== undefined && parseTime('--start', start, clock) !== offer.periodStart
        ? `of another period than that of ${start}`
        : price !== undefined && parseTokens(price) !== offer.price
          ? `at ${ent(offer.price)} for 150 Wh, not at ${price}`
          : undefined;
  if (wrong === undefined) return;
  throw new WattchainError('termsDiffer', `offer ${offer.offerId} is ${wrong}`, {
    values: { offer },
    hint: 'numbers of young offers can change with the newest blocks: look again with wattchain trade list --offers',
  });
}

function describeTerms(connection: Connection, offer: Offer, resolutionSeconds: bigint): string {
  return formatFields([
    ['offer', String(offer.offerId)],
    ['seller', formatWho(connection, offer.seller)],
    ['meter', formatLabel(offer.meter)],
    ['period', formatPeriod(offer.periodStart, resolutionSeconds, connection.clock)],
    ['price', `${ent(offer.price)} for 150 Wh; the grid takes ${ent(offer.gridPrice)}`],
    ['accept until', formatBlockTime(offer.acceptUntil, connection.clock)],
    ['reading by', formatBlockTime(offer.settleBy, connection.clock)],
  ]);
}

function addCancel(group: Command): void {
  addEnergyCommand<SendingOptions & { readonly offer: string }>(
    group,
    'cancel',
    'withdraw what nobody has accepted of an offer, and its bond; its seller only',
    (command) => withSending(command).requiredOption('--offer <id>', 'from wattchain trade list --offers'),
    async (output, options) => {
      const offerId = parseId('--offer', options.offer);
      const { connection, signer } = await connectSigner(options);
      const { tradeAddress } = connection.contracts();
      const offer = await getOffer(connection.client, { tradeAddress, offerId });
      const hash = await cancelOffer(signer, { tradeAddress, offer });
      await reportTransaction(output, connection, options, hash, `cancel what is left of offer ${offerId}`);
    },
  );
}
