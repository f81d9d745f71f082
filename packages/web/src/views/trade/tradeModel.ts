import {
  amountOf,
  type CommunityMeter,
  type CommunityReading,
  type MarketEvent,
  type OfferState,
} from '@wattchain/market';
import type { Address } from 'viem';

type Args<Name extends MarketEvent['eventName']> = Extract<MarketEvent, { eventName: Name }>['args'];

/** An offer as the contract's events tell it; times of market and prices as there. */
export type OfferRecord = Args<'Offered'> & {
  readonly remainingMwh: bigint;
  readonly state: OfferState;
};

/** How a trade ended. */
export interface TradeEnd {
  readonly state: 'settled' | 'short' | 'refunded';
  readonly settledMwh: bigint;
  /** Of what was agreed, what the seller did not deliver to who would have taken it. */
  readonly shortMwh: bigint;
  /** Token units: to the seller, back to the buyer, and out of the bond to the buyer. */
  readonly paid: bigint;
  readonly returned: bigint;
  readonly compensation: bigint;
}

/** A trade as the contract's events tell it. Where one that is not closed stands, the contract alone knows. */
export type TradeRecord = Args<'Accepted'> & {
  /** Token units that the buyer put in. */
  readonly escrow: bigint;
  /** `undefined` until it is closed. */
  readonly end: TradeEnd | undefined;
  /** Of the seller's meter. */
  readonly reading: CommunityReading | undefined;
  /** Block that the acceptance is in. */
  readonly blockNumber: bigint;
};

/** The market as its events tell it. */
export interface Market {
  /** Both newest first. */
  readonly offers: readonly OfferRecord[];
  readonly trades: readonly TradeRecord[];
}

/** Events by what they are about. */
interface Collected {
  readonly offers: Map<bigint, { readonly terms: Args<'Offered'>; takenMwh: bigint; cancelledMwh: bigint }>;
  readonly trades: Map<bigint, { readonly terms: Args<'Accepted'>; readonly blockNumber: bigint }>;
  readonly ends: Map<bigint, TradeEnd>;
}

/**
 * Works offers and trades out from the events, oldest first, by the contract's rules.
 * @param meters with their readings, as `communityOf` has them
 * @param now block time in seconds
 */
export function marketOf(events: readonly MarketEvent[], meters: readonly CommunityMeter[], now: bigint): Market {
  const collected: Collected = { offers: new Map(), trades: new Map(), ends: new Map() };
  for (const event of events) collect(collected, event);
  const readings = new Map(meters.map(({ meter, readings: own }) => [meter, own]));
  return {
    offers: [...collected.offers.values()]
      .map(({ terms, takenMwh, cancelledMwh }) => {
        const remainingMwh = terms.energyMwh - takenMwh - cancelledMwh;
        const isRead = (readings.get(terms.meter)?.at(-1)?.start ?? -1n) >= terms.periodStart;
        const isOver = now > terms.acceptUntil;
        return { ...terms, remainingMwh, state: offerState({ remainingMwh, cancelledMwh, isRead, isOver }) };
      })
      .reverse(),
    trades: [...collected.trades.values()]
      .map(({ terms, blockNumber }) => ({
        ...terms,
        escrow: amountOf(terms.energyMwh, terms.price),
        end: collected.ends.get(terms.tradeId),
        reading: readingAt(readings.get(terms.meter) ?? [], terms.periodStart),
        blockNumber,
      }))
      .reverse(),
  };
}

function collect({ offers, trades, ends }: Collected, event: MarketEvent): void {
  const { eventName, args } = event;
  if (eventName === 'Offered') offers.set(args.offerId, { terms: args, takenMwh: 0n, cancelledMwh: 0n });
  if (eventName === 'OfferCancelled') {
    const offer = offers.get(args.offerId);
    if (offer !== undefined) offer.cancelledMwh += args.energyMwh;
  }
  if (eventName === 'Accepted') {
    const offer = offers.get(args.offerId);
    if (offer !== undefined) offer.takenMwh += args.energyMwh;
    trades.set(args.tradeId, { terms: args, blockNumber: event.blockNumber ?? 0n });
  }
  if (eventName === 'Settled') {
    const { settledMwh, shortMwh, paid, returned, compensation } = args;
    // Whichever side left it short.
    const state = settledMwh === trades.get(args.tradeId)?.terms.energyMwh ? 'settled' : 'short';
    ends.set(args.tradeId, { state, settledMwh, shortMwh, paid, returned, compensation });
  }
  if (eventName === 'Refunded') {
    const { escrow: returned, compensation } = args;
    const shortMwh = trades.get(args.tradeId)?.terms.energyMwh ?? 0n;
    ends.set(args.tradeId, { state: 'refunded', settledMwh: 0n, shortMwh, paid: 0n, returned, compensation });
  }
}

function offerState(offer: {
  readonly remainingMwh: bigint;
  readonly cancelledMwh: bigint;
  readonly isRead: boolean;
  readonly isOver: boolean;
}): OfferState {
  if (offer.cancelledMwh > 0n) return 'cancelled';
  if (offer.remainingMwh === 0n) return 'soldOut';
  if (offer.isRead) return 'periodRead';
  return offer.isOver ? 'expired' : 'open';
}

/** By halves: a year of quarter hours has 35,000 readings, and each trade looks for one. */
function readingAt(readings: readonly CommunityReading[], start: bigint): CommunityReading | undefined {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((readings[middle]?.start ?? 0n) < start) low = middle + 1;
    else high = middle;
  }
  return readings[low]?.start === start ? readings[low] : undefined;
}

/** Until when a meter was read, market time; 0 before its first reading. */
export const readUntil = ({ readings }: CommunityMeter, periodSeconds: bigint): bigint => {
  const last = readings.at(-1);
  return last === undefined ? 0n : last.start + periodSeconds;
};

/** What an account has sold and bought in trades that are closed. */
export interface Summary {
  readonly soldMwh: bigint;
  readonly earned: bigint;
  readonly buyers: number;
  readonly boughtMwh: bigint;
  readonly spent: bigint;
  readonly sellers: number;
  /** Token units that bonds paid: by this account for what it did not deliver, and to it for what it did not get. */
  readonly bondsPaid: bigint;
  readonly bondsGot: bigint;
}

/** Adds up the settled trades of an account. */
export function summaryOf(trades: readonly TradeRecord[], account: Address): Summary {
  const sides = { sold: noSums(), bought: noSums() };
  for (const { seller, buyer, end } of trades) {
    if (end === undefined) continue;
    if (same(seller, account)) add(sides.sold, buyer, end);
    if (same(buyer, account)) add(sides.bought, seller, end);
  }
  const { sold, bought } = sides;
  return {
    soldMwh: sold.energyMwh,
    earned: sold.paid,
    buyers: sold.others.size,
    boughtMwh: bought.energyMwh,
    spent: bought.paid,
    sellers: bought.others.size,
    bondsPaid: sold.compensation,
    bondsGot: bought.compensation,
  };
}

const noSums = () => ({ energyMwh: 0n, paid: 0n, compensation: 0n, others: new Set<Address>() });

function add(sums: ReturnType<typeof noSums>, other: Address, end: TradeEnd): void {
  sums.energyMwh += end.settledMwh;
  sums.paid += end.paid;
  sums.compensation += end.compensation;
  if (end.settledMwh > 0n) sums.others.add(other);
}

/** Whether two addresses are the same, however they are written. */
export const same = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase();
