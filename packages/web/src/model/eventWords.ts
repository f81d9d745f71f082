import type { MarketEvent } from '@wattchain/market';
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
    case 'MeterRegistered':
      return [`Meter ${wordText(args.meter)} was registered for `, who(args.household)];
    case 'ReporterChanged':
      return [who(args.reporter), ` reports for meter ${wordText(args.meter)} now`];
    case 'Offered':
      return [
        who(args.seller),
        ` offers ${kwh(args.energyMwh)} of ${clock.periodText(args)} at ${tokens(args.price)} for 150 Wh (offer ${args.offerId})`,
      ];
    case 'OfferCancelled':
      return [who(args.seller), ` withdrew ${kwh(args.energyMwh)} of offer ${args.offerId}`];
    case 'Accepted':
      return [
        who(args.buyer),
        ` buys ${kwh(args.energyMwh)} of ${clock.periodText(args)} from `,
        who(args.seller),
        `: ${tokens(args.escrow)} in escrow (trade ${args.tradeId})`,
      ];
    case 'Reading':
      return [
        `Meter ${wordText(args.meter)}, ${clock.periodText(args)}: produced ${kwh(args.producedMwh)}, consumed ${kwh(args.consumedMwh)}`,
      ];
    case 'Settled':
      return [
        who(args.seller),
        args.returned > 0n
          ? ` delivered no more than ${kwh(args.deliveredMwh)} to `
          : ` delivered ${kwh(args.deliveredMwh)} to `,
        who(args.buyer),
        ` for ${tokens(args.paid)}${args.returned > 0n ? `, ${tokens(args.returned)} went back` : ''} (trade ${args.tradeId})`,
      ];
    case 'Refunded':
      return [who(args.buyer), ` got ${tokens(args.escrow)} back: no reading came in time (trade ${args.tradeId})`];
    default:
      return bankEventInWords(event, clock);
  }
}

function bankEventInWords({ eventName, args }: MarketEvent, clock: MeterClock): Words {
  switch (eventName) {
    case 'Bought':
      return [who(args.buyer), ` bought ${tokens(args.tokens)} for ${coins(args.coins)}`];
    case 'Attested':
      return [
        who(args.to),
        ` got ${tokens(args.tokens)} for money paid outside, reference ${wordText(args.moneyReference)}`,
      ];
    case 'Redeemed':
      return [who(args.holder), ` gave ${tokens(args.tokens)} back for ${coins(args.coins)}`];
    case 'PayoutRequested':
      return [who(args.holder), ` asked the bank to pay ${tokens(args.tokens)} out (payout ${args.payoutId})`];
    case 'PayoutPaid':
      return [
        who(args.operator),
        ' paid ',
        who(args.holder),
        ` ${tokens(args.tokens)} outside the chain (payout ${args.payoutId})`,
      ];
    case 'PayoutCancelled':
      return [who(args.holder), ` got ${tokens(args.tokens)} back: payout ${args.payoutId} was cancelled`];
    case 'RatesChanged':
      return [`The bank sells 1 ENT for ${coins(args.buyRate)} and takes it back for ${coins(args.redeemRate)}`];
    case 'LimitChanged':
      return [who(args.operator), ` may attest ${tokens(args.limit)} in all, says `, who(args.changedBy)];
    case 'Deposited':
      return [who(args.from), ` put ${coins(args.coins)} into the bank's reserve`];
    case 'Withdrawn':
      return [who(args.operator), ` took ${coins(args.coins)} out of the bank's reserve`];
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
      return [humanise(eventName)];
  }
}

const allowance = (value: bigint) => (value >= 2n ** 255n ? 'any number of ENT' : `up to ${tokens(value)}`);

/** Whether an address takes part in an event. */
export function concerns({ args }: MarketEvent, address: Address): boolean {
  const wanted = address.toLowerCase();
  return Object.values(args).some((value) => typeof value === 'string' && value.toLowerCase() === wanted);
}
