import type { MarketEvent, OfferState, TradeState } from '@wattchain/market';
import type { Address, Hex } from 'viem';

/** An offer as the contract's events tell it. */
export interface OfferRecord {
  readonly offerId: bigint;
  readonly seller: Address;
  readonly meter: Hex;
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
  readonly energyMwh: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** Block time in seconds. */
  readonly acceptUntil: bigint;
  readonly remainingMwh: bigint;
  readonly state: OfferState;
}

/** A meter's reading of a period. */
export interface ReadingRecord {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Block time in seconds. */
  readonly reportedAt: bigint;
}

/** A trade as the contract's events tell it. */
export interface TradeRecord {
  readonly tradeId: bigint;
  readonly seller: Address;
  readonly buyer: Address;
  readonly meter: Hex;
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
  readonly energyMwh: bigint;
  readonly price: bigint;
  /** Token units that the buyer put in. */
  readonly escrow: bigint;
  /** Block time in seconds by which the reading must be in. */
  readonly settleBy: bigint;
  readonly state: TradeState;
  readonly reading: ReadingRecord | undefined;
  /** Who reports the meter that delivers, as far as its registration is known. */
  readonly reporter: Address | undefined;
  /** The next three are 0 until the trade is closed. */
  readonly deliveredMwh: bigint;
  readonly paid: bigint;
  readonly returned: bigint;
  /** Block that the acceptance is in. */
  readonly blockNumber: bigint;
}

/** A meter: whose it is, who alone reports for it, how far and in which periods it was read. */
export interface MeterRecord {
  readonly meter: Hex;
  readonly household: Address;
  readonly reporter: Address;
  /** Meter time; 0 before the first reading. */
  readonly readUntil: bigint;
  /** Length of the newest period that was read; an hour before. */
  readonly periodSeconds: bigint;
}

/** The market as its events tell it. */
export interface Market {
  /** Both newest first. */
  readonly offers: readonly OfferRecord[];
  readonly trades: readonly TradeRecord[];
  /** In the order of registration. */
  readonly meters: readonly MeterRecord[];
}

type Args<Name extends MarketEvent['eventName']> = Extract<MarketEvent, { eventName: Name }>['args'];

/** Events without their block, by what they are about. */
interface Collected {
  readonly meters: Map<Hex, { -readonly [Name in Exclude<keyof MeterRecord, 'meter'>]: MeterRecord[Name] }>;
  readonly offers: Map<bigint, { readonly terms: Args<'Offered'>; takenMwh: bigint; cancelledMwh: bigint }>;
  readonly trades: Map<bigint, { readonly terms: Args<'Accepted'>; readonly blockNumber: bigint }>;
  readonly readings: Map<string, ReadingRecord>;
  readonly ends: Map<bigint, Pick<TradeRecord, 'state' | 'deliveredMwh' | 'paid' | 'returned'>>;
}

/**
 * Works offers and trades out from the events, oldest first, by the contract's rules.
 * @param now block time in seconds
 */
export function marketOf(events: readonly MarketEvent[], now: bigint): Market {
  const collected: Collected = {
    meters: new Map(),
    offers: new Map(),
    trades: new Map(),
    readings: new Map(),
    ends: new Map(),
  };
  for (const event of events) collect(collected, event);
  return {
    offers: [...collected.offers.values()].map((offer) => offerRecord(collected, offer, now)).reverse(),
    trades: [...collected.trades.values()].map((trade) => tradeRecord(collected, trade, now)).reverse(),
    meters: [...collected.meters].map(([meter, known]) => ({ meter, ...known })),
  };
}

const HOUR_SECONDS = 3600n;

const periodKey = (period: { readonly meter: Hex; readonly periodStart: bigint; readonly periodSeconds: bigint }) =>
  `${period.meter} ${period.periodStart} ${period.periodSeconds}`;

function collect({ meters, offers, trades, readings, ends }: Collected, event: MarketEvent): void {
  const { eventName, args } = event;
  if (eventName === 'MeterRegistered') {
    const { meter, household, reporter } = args;
    meters.set(meter, { household, reporter, readUntil: 0n, periodSeconds: HOUR_SECONDS });
  }
  if (eventName === 'ReporterChanged') {
    const meter = meters.get(args.meter);
    if (meter !== undefined) meter.reporter = args.reporter;
  }
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
  if (eventName === 'Reading') {
    const { producedMwh, consumedMwh } = args;
    readings.set(periodKey(args), { producedMwh, consumedMwh, reportedAt: event.blockTimestamp ?? 0n });
    const meter = meters.get(args.meter);
    if (meter !== undefined) {
      meter.readUntil = args.periodStart + args.periodSeconds;
      meter.periodSeconds = args.periodSeconds;
    }
  }
  if (eventName === 'Settled') {
    const { deliveredMwh, paid, returned } = args;
    const isWhole = deliveredMwh === trades.get(args.tradeId)?.terms.energyMwh;
    ends.set(args.tradeId, { state: isWhole ? 'settled' : 'short', deliveredMwh, paid, returned });
  }
  if (eventName === 'Refunded') {
    ends.set(args.tradeId, { state: 'refunded', deliveredMwh: 0n, paid: 0n, returned: args.escrow });
  }
}

function offerRecord(
  { meters }: Collected,
  { terms, takenMwh, cancelledMwh }: { terms: Args<'Offered'>; takenMwh: bigint; cancelledMwh: bigint },
  now: bigint,
): OfferRecord {
  const remainingMwh = terms.energyMwh - takenMwh - cancelledMwh;
  const state = ((): OfferState => {
    if (cancelledMwh > 0n) return 'cancelled';
    if (remainingMwh === 0n) return 'soldOut';
    if ((meters.get(terms.meter)?.readUntil ?? 0n) > terms.periodStart) return 'periodRead';
    return now > terms.acceptUntil ? 'expired' : 'open';
  })();
  return { ...terms, remainingMwh, state };
}

function tradeRecord(
  { meters, readings, ends }: Collected,
  { terms, blockNumber }: { terms: Args<'Accepted'>; blockNumber: bigint },
  now: bigint,
): TradeRecord {
  const reading = readings.get(periodKey(terms));
  const state = ((): TradeState => {
    if (reading !== undefined) return reading.reportedAt <= terms.settleBy ? 'readyToSettle' : 'refundable';
    return now > terms.settleBy ? 'refundable' : 'awaitingReading';
  })();
  const open = { state, deliveredMwh: 0n, paid: 0n, returned: 0n };
  const reporter = meters.get(terms.meter)?.reporter;
  return { ...terms, blockNumber, reading, reporter, ...(ends.get(terms.tradeId) ?? open) };
}

/** What an account has sold and bought in trades that are closed. */
export interface Summary {
  readonly soldMwh: bigint;
  readonly earned: bigint;
  readonly buyers: number;
  readonly boughtMwh: bigint;
  readonly spent: bigint;
  readonly sellers: number;
}

/** Adds up the settled trades of an account. */
export function summaryOf(trades: readonly TradeRecord[], account: Address): Summary {
  const closed = trades.filter(({ deliveredMwh }) => deliveredMwh > 0n);
  const sold = closed.filter(({ seller }) => same(seller, account));
  const bought = closed.filter(({ buyer }) => same(buyer, account));
  const sum = (records: readonly TradeRecord[], of: (record: TradeRecord) => bigint) =>
    records.reduce((total, record) => total + of(record), 0n);
  return {
    soldMwh: sum(sold, ({ deliveredMwh }) => deliveredMwh),
    earned: sum(sold, ({ paid }) => paid),
    buyers: new Set(sold.map(({ buyer }) => buyer)).size,
    boughtMwh: sum(bought, ({ deliveredMwh }) => deliveredMwh),
    spent: sum(bought, ({ paid }) => paid),
    sellers: new Set(bought.map(({ seller }) => seller)).size,
  };
}

/** Whether two addresses are the same, however they are written. */
export const same = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase();
