import type { Address, Hex } from 'viem';
import type { MarketEvent } from './marketEvents.js';

/** What one meter counted in one period, mWh. */
export interface PeriodReading {
  /** Start in meter time, seconds. */
  readonly start: bigint;
  readonly seconds: bigint;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/** A meter of a community. */
export interface CommunityMeter {
  readonly meter: Hex;
  readonly owner: Address;
  /** Who alone can report its readings. */
  readonly reporter: Address;
  /** By start, oldest first; what is not in it has not been read. */
  readonly readings: readonly PeriodReading[];
}

/** A settled trade: energy one way, tokens the other. */
export interface Flow {
  readonly seller: Address;
  readonly buyer: Address;
  /** The seller's. */
  readonly meter: Hex;
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
  /** What was delivered. */
  readonly energyMwh: bigint;
  /** Token units. */
  readonly paid: bigint;
}

/** A community as its contracts' events tell it. */
export interface Community {
  /** In the order of their registration. */
  readonly meters: readonly CommunityMeter[];
  /** In the order of their settlement. */
  readonly flows: readonly Flow[];
}

/** Who has meters: one household a home, which buys for all of its meters. */
export interface Household {
  readonly owner: Address;
  /** In the order of their registration, at least one. */
  readonly meters: readonly CommunityMeter[];
}

type Args<Name extends MarketEvent['eventName']> = Extract<MarketEvent, { eventName: Name }>['args'];

/** A community from its contracts' events, oldest first. Pages and reports begin here, so that they know the same. */
export function communityOf(events: readonly MarketEvent[]): Community {
  const meters = new Map<Hex, { readonly owner: Address; reporter: Address }>();
  const readings = new Map<Hex, PeriodReading[]>();
  const accepted = new Map<bigint, Args<'Accepted'>>();
  const flows: Flow[] = [];
  for (const { eventName, args } of events) {
    if (eventName === 'MeterRegistered') meters.set(args.meter, { owner: args.household, reporter: args.reporter });
    if (eventName === 'ReporterChanged') {
      const meter = meters.get(args.meter);
      if (meter !== undefined) meter.reporter = args.reporter;
    }
    if (eventName === 'Reading') {
      const { meter, periodStart: start, periodSeconds: seconds, producedMwh, consumedMwh } = args;
      const list = readings.get(meter) ?? [];
      readings.set(meter, list);
      // The contract takes readings of a meter in the order of their periods only.
      list.push({ start, seconds, producedMwh, consumedMwh });
    }
    if (eventName === 'Accepted') accepted.set(args.tradeId, args);
    if (eventName === 'Settled') {
      const terms = accepted.get(args.tradeId);
      if (terms === undefined) continue;
      const { meter, periodStart, periodSeconds } = terms;
      const { seller, buyer, deliveredMwh: energyMwh, paid } = args;
      flows.push({ seller, buyer, meter, periodStart, periodSeconds, energyMwh, paid });
    }
  }
  return {
    meters: [...meters].map(([meter, known]) => ({ meter, ...known, readings: readings.get(meter) ?? [] })),
    flows,
  };
}

/** The same community with only those readings and flows whose period's start is wanted. */
export function communityAt({ meters, flows }: Community, isWanted: (start: bigint) => boolean): Community {
  return {
    meters: meters.map((meter) => ({ ...meter, readings: meter.readings.filter(({ start }) => isWanted(start)) })),
    flows: flows.filter(({ periodStart }) => isWanted(periodStart)),
  };
}

/** The meters by who owns them, in the order of the first meter of each. */
export function householdsOf({ meters }: Community): readonly Household[] {
  const households = new Map<Address, CommunityMeter[]>();
  for (const meter of meters) households.set(meter.owner, [...(households.get(meter.owner) ?? []), meter]);
  return [...households].map(([owner, own]) => ({ owner, meters: own }));
}

/** What one household sold to another, summed up. */
export interface Exchange {
  readonly seller: Address;
  readonly buyer: Address;
  readonly energyMwh: bigint;
  /** Token units. */
  readonly paid: bigint;
}

/** Sums flows up by seller and buyer, the largest first; trades of which nothing was delivered are left out. */
export function exchangesOf(flows: readonly Flow[]): readonly Exchange[] {
  const sums = new Map<string, Exchange>();
  for (const { seller, buyer, energyMwh, paid } of flows) {
    const known = sums.get(seller + buyer) ?? { seller, buyer, energyMwh: 0n, paid: 0n };
    sums.set(seller + buyer, { seller, buyer, energyMwh: known.energyMwh + energyMwh, paid: known.paid + paid });
  }
  return [...sums.values()]
    .filter(({ energyMwh }) => energyMwh > 0n)
    .sort((a, b) => (a.energyMwh === b.energyMwh ? 0 : a.energyMwh > b.energyMwh ? -1 : 1));
}
