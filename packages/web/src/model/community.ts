import type { Address, Hex } from 'viem';
import type { CommunityEvent } from '../api/ledger.js';

/** What one meter counted in one period, and what its household traded in it. */
export interface MeterPeriod {
  /** Start in meter time, seconds. */
  readonly start: bigint;
  readonly seconds: bigint;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Delivered to neighbours, and bought from them. */
  readonly soldMwh: bigint;
  readonly boughtMwh: bigint;
}

/** A household: a meter and who owns it. */
export interface Household {
  readonly meter: Hex;
  readonly owner: Address;
  /** By start, oldest first. */
  readonly periods: readonly MeterPeriod[];
}

/** A settled trade: energy one way, tokens the other. */
export interface Flow {
  readonly seller: Address;
  readonly buyer: Address;
  readonly periodStart: bigint;
  readonly energyMwh: bigint;
  /** Token units. */
  readonly paid: bigint;
}

/** The community as its contracts' events tell it. */
export interface Community {
  /** In the order in which their meters were registered. */
  readonly households: readonly Household[];
  readonly flows: readonly Flow[];
}

/** Works the community out from the events, oldest first. */
export function communityOf(events: readonly CommunityEvent[]): Community {
  const owners = new Map<Hex, Address>();
  const periods = new Map<Hex, Map<bigint, MeterPeriod>>();
  const terms = new Map<bigint, { readonly meter: Hex; readonly start: bigint; readonly seconds: bigint }>();
  const flows: Flow[] = [];
  const change = (
    meter: Hex,
    start: bigint,
    seconds: bigint,
    with_: Partial<MeterPeriod>,
    add: Partial<MeterPeriod> = {},
  ) => {
    const ofMeter = periods.get(meter) ?? new Map<bigint, MeterPeriod>();
    periods.set(meter, ofMeter);
    const known = ofMeter.get(start) ?? {
      start,
      seconds,
      producedMwh: 0n,
      consumedMwh: 0n,
      soldMwh: 0n,
      boughtMwh: 0n,
    };
    ofMeter.set(start, {
      ...known,
      ...with_,
      soldMwh: known.soldMwh + (add.soldMwh ?? 0n),
      boughtMwh: known.boughtMwh + (add.boughtMwh ?? 0n),
    });
  };
  const meterOf = (owner: Address) => [...owners].find(([, household]) => household === owner)?.[0];

  for (const { eventName, args } of events) {
    if (eventName === 'MeterRegistered') owners.set(args.meter, args.household);
    if (eventName === 'Reading') {
      const { meter, periodStart, periodSeconds, producedMwh, consumedMwh } = args;
      change(meter, periodStart, periodSeconds, { producedMwh, consumedMwh });
    }
    if (eventName === 'Accepted') {
      terms.set(args.tradeId, { meter: args.meter, start: args.periodStart, seconds: args.periodSeconds });
    }
    if (eventName === 'Settled') {
      const trade = terms.get(args.tradeId);
      if (trade === undefined) continue;
      const { seller, buyer, deliveredMwh, paid } = args;
      flows.push({ seller, buyer, periodStart: trade.start, energyMwh: deliveredMwh, paid });
      change(trade.meter, trade.start, trade.seconds, {}, { soldMwh: deliveredMwh });
      const buyerMeter = meterOf(buyer);
      if (buyerMeter !== undefined) change(buyerMeter, trade.start, trade.seconds, {}, { boughtMwh: deliveredMwh });
    }
  }
  const households = [...owners].map(([meter, owner]) => ({
    meter,
    owner,
    periods: [...(periods.get(meter) ?? new Map<bigint, MeterPeriod>()).values()].sort((a, b) =>
      a.start < b.start ? -1 : 1,
    ),
  }));
  return { households, flows };
}

/** The same community with only those periods and flows whose start is wanted. */
export function communityAt({ households, flows }: Community, isWanted: (start: bigint) => boolean): Community {
  return {
    households: households.map((household) => ({
      ...household,
      periods: household.periods.filter(({ start }) => isWanted(start)),
    })),
    flows: flows.filter(({ periodStart }) => isWanted(periodStart)),
  };
}

/** Sums of some periods, in mWh. */
export interface Totals {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  readonly soldMwh: bigint;
  readonly boughtMwh: bigint;
}

/** Adds periods up. */
export function totalsOf(periods: readonly MeterPeriod[]): Totals {
  const total = { producedMwh: 0n, consumedMwh: 0n, soldMwh: 0n, boughtMwh: 0n };
  for (const period of periods) {
    for (const name of ['producedMwh', 'consumedMwh', 'soldMwh', 'boughtMwh'] as const) total[name] += period[name];
  }
  return total;
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

/** The newest period that any meter was read for; `undefined` before the first reading. */
export function newestPeriod({
  households,
}: Community): { readonly start: bigint; readonly seconds: bigint } | undefined {
  const last = households.map(({ periods }) => periods.at(-1)).filter((period) => period !== undefined);
  return last.reduce<MeterPeriod | undefined>(
    (best, period) => (best && best.start > period.start ? best : period),
    undefined,
  );
}
