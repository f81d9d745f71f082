import type { Address } from 'viem';
import { roundHalfEven } from '../units.js';
import { type Community, type CommunityMeter, type CommunityReading, type Flow, householdsOf } from './community.js';

/** A home in one period: what its meters counted and what it traded, mWh. */
export interface HomePeriod {
  /** One for each of its meters that was read. */
  readonly readings: readonly { readonly producedMwh: bigint; readonly consumedMwh: bigint }[];
  /** Meters that have no reading of the period. */
  readonly unread: number;
  readonly soldMwh: bigint;
  readonly boughtMwh: bigint;
}

/** Energies of a home or a community over some periods, mWh, as far as meters were read. */
export interface EnergyFigures {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Produced and consumed in the same period behind the same meter. */
  readonly ownUseMwh: bigint;
  /** Produced − consumed, over the meters and periods in which it is positive. */
  readonly surplusMwh: bigint;
  /** Consumed − produced, over the meters and periods in which it is positive. */
  readonly needMwh: bigint;
  /** Delivered to neighbours, by settled trades. */
  readonly soldMwh: bigint;
  /** Got from neighbours, by settled trades. */
  readonly boughtMwh: bigint;
  /** The part of the consumption that own production and neighbours covered: at most `consumedMwh`. */
  readonly coveredMwh: bigint;
  /** The part of the production that was used at home or by neighbours: at most `producedMwh`. */
  readonly usedMwh: bigint;
  /** Readings that the figures are of, and those that are missing: sums say so where there are any. */
  readonly readings: number;
  readonly missing: number;
}

type Sums = { -readonly [Name in keyof EnergyFigures]: EnergyFigures[Name] };

/**
 * Adds up what homes did. Every figure of a page and of a report is from here. What a home bought covers its consumption of the same
 * period at most, and only where a meter tells that; so no share exceeds the whole, whatever was traded without a reading.
 */
export function energyFigures(periods: readonly HomePeriod[]): EnergyFigures {
  const sums: Sums = {
    producedMwh: 0n,
    consumedMwh: 0n,
    ownUseMwh: 0n,
    surplusMwh: 0n,
    needMwh: 0n,
    soldMwh: 0n,
    boughtMwh: 0n,
    coveredMwh: 0n,
    usedMwh: 0n,
    readings: 0,
    missing: 0,
  };
  for (const { readings, unread, soldMwh, boughtMwh } of periods) {
    let [produced, consumed, ownUse] = [0n, 0n, 0n];
    for (const { producedMwh, consumedMwh } of readings) {
      produced += producedMwh;
      consumed += consumedMwh;
      ownUse += smaller(producedMwh, consumedMwh);
    }
    sums.producedMwh += produced;
    sums.consumedMwh += consumed;
    sums.ownUseMwh += ownUse;
    sums.surplusMwh += produced - ownUse;
    sums.needMwh += consumed - ownUse;
    sums.soldMwh += soldMwh;
    sums.boughtMwh += boughtMwh;
    sums.coveredMwh += smaller(consumed, ownUse + boughtMwh);
    sums.usedMwh += smaller(produced, ownUse + soldMwh);
    sums.readings += readings.length;
    sums.missing += unread;
  }
  return sums;
}

/** A home's periods, for {@link energyFigures}, and which of its meters have readings missing. */
export interface HomeRecord {
  readonly owner: Address;
  readonly meters: readonly CommunityMeter[];
  /** Starts rise, in meter time. A period that the community knows of and a meter of this home does not is there with that meter as unread. */
  readonly periods: readonly (HomePeriod & { readonly start: bigint })[];
}

/** What each household did in the periods that the community knows of: those of which some meter was read or some trade settled. */
export function homesOf(community: Community): readonly HomeRecord[] {
  const { meters, flows } = community;
  const starts = new Set<bigint>();
  for (const { readings } of meters) for (const { start } of readings) starts.add(start);
  for (const { periodStart } of flows) starts.add(periodStart);
  const known = [...starts].sort((a, b) => (a < b ? -1 : 1));
  return householdsOf(community).map(({ owner, meters: own }) => ({
    owner,
    meters: own,
    periods: homePeriods(owner, own, flows, known),
  }));
}

function homePeriods(
  owner: Address,
  meters: readonly CommunityMeter[],
  flows: readonly Flow[],
  starts: readonly bigint[],
): HomeRecord['periods'] {
  const periods = new Map(
    starts.map((start) => [
      start,
      { start, readings: [] as CommunityReading[], unread: meters.length, soldMwh: 0n, boughtMwh: 0n },
    ]),
  );
  for (const { readings } of meters) {
    for (const reading of readings) {
      const period = periods.get(reading.start);
      if (period === undefined) continue;
      period.readings.push(reading);
      period.unread -= 1;
    }
  }
  for (const { seller, buyer, periodStart, energyMwh } of flows) {
    const period = periods.get(periodStart);
    if (period === undefined) continue;
    if (seller === owner) period.soldMwh += energyMwh;
    if (buyer === owner) period.boughtMwh += energyMwh;
  }
  return [...periods.values()];
}

/** Adds up all homes of a community, over all of its periods. */
export function communityFigures(community: Community): EnergyFigures {
  return energyFigures(homesOf(community).flatMap(({ periods }) => periods));
}

/** `part / whole` in per cent with one digit, half to even: `44.3 %`; `–` when there is no whole. For display only. */
export function formatShare(part: bigint, whole: bigint): string {
  if (whole === 0n) return '–';
  const permille = roundHalfEven(part * 1000n, whole);
  return `${permille / 10n}.${permille % 10n} %`;
}

const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
