import { amountOf, type MarketEvent } from '@wattchain/market';
import { type Address, zeroAddress } from 'viem';
import { coins, duration, humanise, kwh, tokens, wordText } from '../format.js';
import type { Words } from './contractWords.js';
import type { MeterClock } from './meterTime.js';

const who = (address: Address) => ({ address });

/** What an event of the community's contracts says, in a sentence. */
export function eventInWords(event: MarketEvent, clock: MeterClock): Words {
  const { eventName, args } = event;
  switch (eventName) {
    case 'Transfer':
      if (args.from === zeroAddress) return [who(args.to), ` got ${tokens(args.value)}, newly issued`];
      if (args.to === zeroAddress)
        return [`${tokens(args.value)} of `, who(args.from), ' were taken out of circulation'];
      return [who(args.from), ` sent ${tokens(args.value)} to `, who(args.to)];
    case 'Approval':
      return [who(args.owner), ' allows ', who(args.spender), ` to take ${allowance(args.value)}`];
    case 'Offered':
      return [
        who(args.seller),
        ` offers ${kwh(args.energyMwh)} of ${clock.periodText(args.periodStart)} at ${tokens(args.price)} for 150 Wh (offer ${args.offerId})`,
      ];
    case 'OfferCancelled':
      return [who(args.seller), ` withdrew ${kwh(args.energyMwh)} of offer ${args.offerId}${bondBack(args.bond)}`];
    case 'Accepted':
      return [
        who(args.buyer),
        ` buys ${kwh(args.energyMwh)} of ${clock.periodText(args.periodStart)} from `,
        who(args.seller),
        `: ${tokens(amountOf(args.energyMwh, args.price))} in escrow (trade ${args.tradeId})`,
      ];
    case 'Settled':
      return [
        who(args.seller),
        args.shortMwh > 0n
          ? ` delivered ${kwh(args.settledMwh)}, ${kwh(args.shortMwh)} too little, to `
          : ` delivered ${kwh(args.settledMwh)} to `,
        who(args.buyer),
        ` for ${tokens(args.paid)}${args.returned > 0n ? `, ${tokens(args.returned)} went back` : ''}${outOfBond(args.compensation)} (trade ${args.tradeId})`,
      ];
    case 'Refunded':
      return [
        who(args.buyer),
        ` got ${tokens(args.escrow)} back: no reading came in time${outOfBond(args.compensation)} (trade ${args.tradeId})`,
      ];
    case 'GridPriceAnnounced':
      return [`Seat ${args.announcedBy} announced a grid price of ${tokens(args.price)} for 150 Wh`];
    case 'GridPriceConfirmed':
      return [`Seat ${args.confirmedBy} confirmed a grid price of ${tokens(args.price)} for 150 Wh`];
    case 'GridPriceRetracted':
      return [`Seat ${args.retractedBy} took a grid price of ${tokens(args.price)} for 150 Wh back`];
    case 'GridPriceChanged':
      return [`The grid price is ${tokens(args.price)} for 150 Wh now`];
    default:
      return meterEventInWords(event, clock);
  }
}

const outOfBond = (compensation: bigint) => (compensation > 0n ? `, the bond paid ${tokens(compensation)}` : '');
const bondBack = (bond: bigint) => (bond > 0n ? `; ${tokens(bond)} of the bond came back` : '');

function meterEventInWords(event: MarketEvent, clock: MeterClock): Words {
  const { eventName, args } = event;
  switch (eventName) {
    case 'MeterRegistered':
      return [`Meter ${wordText(args.meter)} was registered for `, who(args.household)];
    case 'SourceAnnounced':
      return [
        who(args.registrar),
        args.isConfirmed ? ' confirmed' : ' announced',
        ` that readings of meter ${wordText(args.meter)} come from `,
        who(args.source),
        signing(args.isDevice),
      ];
    case 'SourceChanged':
      return [`Readings of meter ${wordText(args.meter)} come from `, who(args.source), signing(args.isDevice)];
    case 'SourceStopped':
      return [
        who(args.stoppedBy),
        ` stopped that readings of meter ${wordText(args.meter)} come from `,
        who(args.source),
      ];
    case 'Reading':
      return [
        `Meter ${wordText(args.meter)}, ${clock.periodText(args.periodStart)}: produced ${kwh(args.producedMwh)}, consumed ${kwh(args.consumedMwh)}`,
      ];
    case 'Corrected':
      return [
        `Meter ${wordText(args.meter)}, ${clock.periodText(args.periodStart)}, corrected: produced ${kwh(args.oldProducedMwh)} → ${kwh(args.newProducedMwh)}, consumed ${kwh(args.oldConsumedMwh)} → ${kwh(args.newConsumedMwh)}, signed by `,
        who(args.source),
        ' and ',
        who(args.registrar),
      ];
    default:
      return bankEventInWords(event, clock);
  }
}

const signing = (isDevice: boolean) => (isDevice ? ', which signs them' : '');

function bankEventInWords(event: MarketEvent, clock: MeterClock): Words {
  const { eventName, args } = event;
  switch (eventName) {
    case 'Bought':
      return [who(args.buyer), ` bought ${tokens(args.tokens)} for ${coins(args.coins)}`];
    case 'Attested':
      return [
        who(args.to),
        ` got ${tokens(args.tokens)} for money paid outside, reference ${wordText(args.moneyReference)}; ${coins(args.cover)} of the deposit of `,
        who(args.operator),
        ' cover them',
      ];
    case 'Redeemed':
      return [who(args.holder), ` gave ${tokens(args.tokens)} back for ${coins(args.coins)}`];
    case 'LimitChanged':
      return [who(args.operator), ` may attest ${tokens(args.limit)} in all, says `, who(args.changedBy)];
    case 'Deposited':
      return [who(args.operator), ` put ${coins(args.coins)} into its deposit at the bank`];
    case 'Withdrawn':
      return [who(args.operator), ` took ${coins(args.coins)} out of its deposit at the bank`];
    case 'CoverAdded':
      return [who(args.from), ` gave ${coins(args.coins)} to the bank's reserve`];
    case 'SurplusShared':
      return [who(args.operator), ` had the bank's surplus shared: ${coins(args.coinsEach)} for each deposit`];
    case 'RatesAnnounced':
      return [who(args.operator), ` announced: ${ratesText(args)}, from ${clock.blockText(args.inForceFrom)} on`];
    case 'RatesConfirmed':
      return [who(args.operator), ` confirmed the rates that were announced: ${ratesText(args)}`];
    case 'RatesRetracted':
      return [who(args.operator), ` took the announcement back: ${ratesText(args)}`];
    case 'RatesChanged':
      return [`In force: ${ratesText(args)}`];
    default:
      return payoutEventInWords(event, clock);
  }
}

function payoutEventInWords(event: MarketEvent, clock: MeterClock): Words {
  const { eventName, args } = event;
  switch (eventName) {
    case 'PayoutRequested':
      return [who(args.holder), ` asked the bank to pay ${tokens(args.tokens)} out (payout ${args.payoutId})`];
    case 'PayoutMarkedPaid':
      return [
        who(args.operator),
        ' says that it paid ',
        who(args.holder),
        ` ${tokens(args.tokens)} outside the chain (payout ${args.payoutId}); open to objection until ${clock.blockText(args.closesAt)}`,
      ];
    case 'PayoutDisputed':
      return [who(args.objector), ` objects: payout ${args.payoutId} did not come`];
    case 'PayoutDecided':
      return [
        who(args.decidedBy),
        args.wasPaid ? ` says that payout ${args.payoutId} came` : ` says that payout ${args.payoutId} did not come`,
      ];
    case 'PayoutPaid':
      return [
        who(args.holder),
        ` was paid ${tokens(args.tokens)} outside the chain (payout ${args.payoutId}); ${coins(args.cover)} that covered them went to the deposit of seat ${args.payer}`,
      ];
    case 'PayoutCancelled':
      return [who(args.holder), ` got ${tokens(args.tokens)} back: payout ${args.payoutId} was cancelled`];
    case 'StandingOrderSet':
      return [
        who(args.holder),
        ` left a standing order: ${tokens(args.tokens)} every ${duration(args.intervalSeconds)} (order ${args.orderId})`,
      ];
    case 'StandingOrderPaid':
      return [`Standing order ${args.orderId} was carried out, the next is due ${clock.blockText(args.nextDue)}`];
    case 'StandingOrderUncovered':
      return [
        `Standing order ${args.orderId} was skipped: ${tokens(args.available)} there, ${tokens(args.needed)} needed`,
      ];
    case 'StandingOrderCancelled':
      return [who(args.holder), ` ended standing order ${args.orderId}`];
    default:
      return councilEventInWords(event);
  }
}

function councilEventInWords({ eventName, args }: MarketEvent): Words {
  switch (eventName) {
    case 'KeyChangeRequested':
      return [who(args.requestedBy), ' asks that ', who(args.newKey), ' act in the place of ', who(args.oldKey)];
    case 'KeyChangeVoted':
      return [who(args.voter), args.approves ? ' approves of ' : ' rejects ', ...keys(args)];
    case 'KeyChangeVetoed':
      return [who(args.vetoedBy), ' vetoed ', ...keys(args), ': neither key has any power until it is decided'];
    case 'KeyChanged':
      return [
        who(args.newKey),
        ' acts in the place of ',
        who(args.oldKey),
        args.seat === 0n ? ' as the recovery key' : ` for seat ${args.seat}`,
      ];
    case 'KeyChangeEnded':
      return ['Nothing came of ', ...keys(args)];
    default:
      return [humanise(eventName)];
  }
}

const keys = ({ oldKey, newKey }: { readonly oldKey: Address; readonly newKey: Address }): Words => [
  who(newKey),
  ' in the place of ',
  who(oldKey),
];

const ratesText = ({ buyRate, redeemRate }: { readonly buyRate: bigint; readonly redeemRate: bigint }) =>
  `the bank sells 1 ENT for ${coins(buyRate)} and takes it back for ${coins(redeemRate)}`;

const allowance = (value: bigint) => (value >= 2n ** 255n ? 'any number of ENT' : `up to ${tokens(value)}`);

/** Whether an address takes part in an event. */
export function concerns({ args }: MarketEvent, address: Address): boolean {
  const wanted = address.toLowerCase();
  return Object.values(args).some((value) => typeof value === 'string' && value.toLowerCase() === wanted);
}
