import type { Address, Hex } from 'viem';
import type { MarketEvent } from './marketEvents.js';

/** What one meter counted in one period, mWh. */
export interface CommunityReading {
  /** Start in meter time, seconds. */
  readonly start: bigint;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** What it said before, oldest first; a period that was skipped comes in by a correction of nothing. */
  readonly corrections: readonly ReadingCorrection[];
}

/** A correction of a reading: what it said before, and the two who signed the change. */
export interface ReadingCorrection {
  readonly oldProducedMwh: bigint;
  readonly oldConsumedMwh: bigint;
  readonly newProducedMwh: bigint;
  readonly newConsumedMwh: bigint;
  /** Whose readings of the meter count: its own key or a reporter. */
  readonly source: Address;
  readonly registrar: Address;
  /** Whether nobody had read the period before. */
  readonly wasSkipped: boolean;
}

/** A meter of a community. */
export interface CommunityMeter {
  readonly meter: Hex;
  readonly owner: Address;
  /** Where its readings come from: its own key, which signs them, or a reporter, who sends them. */
  readonly source: Address;
  readonly isDevice: boolean;
  /** By start, oldest first; what is not in it has not been read. */
  readonly readings: readonly CommunityReading[];
}

/** A settled trade: energy one way, tokens the other. */
export interface Flow {
  readonly seller: Address;
  readonly buyer: Address;
  /** The seller's. */
  readonly meter: Hex;
  readonly periodStart: bigint;
  /** What was delivered. */
  readonly energyMwh: bigint;
  /** Token units. */
  readonly paid: bigint;
}

/** A community as its contracts' events tell it. */
export interface Community {
  /** Length of every period. */
  readonly periodSeconds: bigint;
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

/**
 * A community from its contracts' events, oldest first. Pages and reports begin here, so that they know the same.
 * @param periodSeconds the registry's resolution
 */
export function communityOf(events: readonly MarketEvent[], periodSeconds: bigint): Community {
  const meters = new Map<Hex, { readonly owner: Address; source: Address; isDevice: boolean }>();
  const readings = new Map<Hex, Map<bigint, CommunityReading>>();
  const accepted = new Map<bigint, Args<'Accepted'>>();
  const flows: Flow[] = [];
  const readingsOf = (meter: Hex) => {
    const known = readings.get(meter) ?? new Map<bigint, CommunityReading>();
    readings.set(meter, known);
    return known;
  };
  for (const { eventName, args } of events) {
    if (eventName === 'MeterRegistered') {
      const { household: owner, source, isDevice } = args;
      meters.set(args.meter, { owner, source, isDevice });
    }
    if (eventName === 'SourceChanged') {
      const meter = meters.get(args.meter);
      if (meter !== undefined) Object.assign(meter, { source: args.source, isDevice: args.isDevice });
    }
    if (eventName === 'Reading') {
      const { meter, periodStart: start, producedMwh, consumedMwh } = args;
      readingsOf(meter).set(start, { start, producedMwh, consumedMwh, corrections: [] });
    }
    if (eventName === 'Corrected') {
      const { meter, periodStart: start, newProducedMwh: producedMwh, newConsumedMwh: consumedMwh } = args;
      const before = readingsOf(meter).get(start);
      const corrections = [...(before?.corrections ?? []), { ...args, wasSkipped: before === undefined }];
      readingsOf(meter).set(start, { start, producedMwh, consumedMwh, corrections });
    }
    if (eventName === 'Accepted') accepted.set(args.tradeId, args);
    if (eventName === 'Settled') {
      const terms = accepted.get(args.tradeId);
      if (terms === undefined) continue;
      const { seller, buyer, settledMwh: energyMwh, paid } = args;
      flows.push({ seller, buyer, meter: terms.meter, periodStart: terms.periodStart, energyMwh, paid });
    }
  }
  return {
    periodSeconds,
    meters: [...meters].map(([meter, known]) => ({ meter, ...known, readings: inOrder(readings.get(meter)) })),
    flows,
  };
}

/** By start: a correction brings a period that was skipped in later than those after it. */
function inOrder(readings: ReadonlyMap<bigint, CommunityReading> | undefined): CommunityReading[] {
  return [...(readings?.values() ?? [])].sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** The same community with only those readings and flows whose period's start is wanted. */
export function communityAt(community: Community, isWanted: (start: bigint) => boolean): Community {
  const { meters, flows } = community;
  return {
    ...community,
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
