import { type CommunityClock, formatZone, wallTimeOf } from '../input/zone.js';
import { sum } from '../mechanism/common/split.js';
import { type Doubt, doubtOf } from '../plausibility/doubt.js';
import { DEFAULT_MAX_POWER_W, kilowatts, powerOf, ratingOf } from '../plausibility/periods.js';
import { looksCumulative } from '../profile/cumulative.js';
import type { HomeProfile } from '../profile/dayProfile.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { formatKwh } from '../units.js';
import { describeGap } from './assemble.js';
import type { ImportedCommunity } from './readCommunity.js';

/** What was understood of files, before anything runs. */
export interface DataReport {
  readonly files: ImportedCommunity['files'];
  readonly notes: readonly string[];
  readonly homes: readonly HomeReport[];
  readonly periods: number;
  readonly periodSeconds: bigint;
  /** First and last moment where the community lives, `2024-03-31 00:00`; the clock alone where times have no date. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly rates: readonly { readonly title: string; readonly least: bigint; readonly most: bigint }[];
  /** In sentences, the first of them; what they are in all is {@link DataReport.gapCount}. */
  readonly gaps: readonly string[];
  readonly gapCount: number;
  readonly gapPeriods: number;
  /** What looks like a slip, in sentences with what to do. */
  readonly doubts: readonly Doubt[];
}

/** A home's sums. */
export interface HomeReport {
  readonly name: string;
  readonly consumedMwh: bigint;
  readonly producedMwh: bigint;
  /** Most of a period, as power. */
  readonly peakLoadW: bigint;
  readonly peakProductionW: bigint;
  /** Periods that no file has a figure of, loads and productions. */
  readonly gapPeriods: number;
}

/** Gaps and doubts that are told one by one. */
const MAX_TOLD = 50;
/** So many equal figures in a row, other than 0, are of a meter that stands still. */
const STUCK_PERIODS = 24;
/** Between these hours no sun shines on panels where most people live. */
const NIGHT_HOURS: ReadonlySet<string> = new Set(['23', '00', '01', '02']);
/** Production of nights that is worth a word: 5 Wh a period. */
const NIGHT_MWH = 5_000n;

/** What was understood: span, zone, sums, gaps, and what is suspicious. */
export function checkSeries({ series, files, gaps, notes }: ImportedCommunity, clock: CommunityClock): DataReport {
  const { periods, periodSeconds } = series;
  const show = (seconds: bigint) => {
    const { date, clock: label } = wallTimeOf(clock, seconds);
    return periods[0]?.date === undefined ? label : `${date} ${label}`;
  };
  const gapPeriodsOf = (name: string) =>
    gaps.filter(({ home }) => home === name).reduce((total, gap) => total + gap.periods, 0);
  return {
    files,
    notes,
    homes: series.homes.map((home) => ({
      name: home.name,
      consumedMwh: sum(home.consumedMwh),
      producedMwh: sum(home.producedMwh),
      peakLoadW: powerOf(most(home.consumedMwh), periodSeconds),
      peakProductionW: powerOf(most(home.producedMwh), periodSeconds),
      gapPeriods: gapPeriodsOf(home.name),
    })),
    periods: periods.length,
    periodSeconds,
    from: show(periods[0]?.start ?? 0n),
    to: show((periods.at(-1)?.start ?? 0n) + periodSeconds),
    zone: formatZone(series.zone),
    rates: series.rates.map(({ title, values }) => ({ title, least: least(values), most: most(values) })),
    gaps: gaps.slice(0, MAX_TOLD).map((gap) => describeGap(gap, clock)),
    gapCount: gaps.length,
    gapPeriods: gaps.reduce((total, gap) => total + gap.periods, 0),
    doubts: doubtsOfSeries(series),
  };
}

const most = (values: readonly bigint[]) => values.reduce((a, b) => (b > a ? b : a), 0n);
const least = (values: readonly bigint[]) => values.reduce((a, b) => (b < a ? b : a), values[0] ?? 0n);

/** What is suspicious about a community's figures. */
export function doubtsOfSeries(series: CommunitySeries): Doubt[] {
  const doubts = series.homes.flatMap((home) => doubtsOfHome(home, series));
  if (series.homes.length < 2)
    doubts.push(
      doubtOf('oneHome', 'there is one home', 'a community has two or more: name the files of the others too'),
    );
  if (series.homes.every(({ producedMwh }) => producedMwh.every((energy) => energy === 0n)))
    doubts.push(
      doubtOf('noProduction', 'no home produces anything', 'nothing can be traded; name production with HOME:pv=FILE'),
    );
  return doubts.slice(0, MAX_TOLD);
}

function doubtsOfHome(home: HomeProfile, { periods, periodSeconds }: CommunitySeries): Doubt[] {
  const doubts: Doubt[] = [];
  const where = (index: number) => `${periods[index]?.date ?? ''} ${periods[index]?.label}`.trim();
  const limitMwh = ratingOf(DEFAULT_MAX_POWER_W, periodSeconds);
  for (const [kind, energies] of [
    ['load', home.consumedMwh],
    ['production', home.producedMwh],
  ] as const) {
    const high = energies.findIndex((energy) => energy > limitMwh);
    if (high >= 0)
      doubts.push(
        doubtOf(
          'power',
          `${home.name}'s ${kind} at ${where(high)} is ${formatKwh(energies[high] ?? 0n)} kWh, ${kilowatts(powerOf(energies[high] ?? 0n, periodSeconds))} kW; a home's connection has at most ${kilowatts(DEFAULT_MAX_POWER_W)} kW`,
          'check the figure and its unit',
        ),
      );
    if (looksCumulative(energies))
      doubts.push(
        doubtOf(
          'cumulative',
          `${home.name}'s ${kind} only grows: is it the register of a meter?`,
          'say --figures registers',
        ),
      );
    const stuck = stuckAt(energies);
    if (stuck !== undefined)
      doubts.push(
        doubtOf(
          'stuck',
          `${home.name}'s ${kind} is ${formatKwh(energies[stuck] ?? 0n)} kWh in ${STUCK_PERIODS} periods or more from ${where(stuck)}`,
          'figures that stand still are those of a fault, or filled in',
        ),
      );
  }
  if (home.consumedMwh.every((energy) => energy === 0n))
    doubts.push(doubtOf('noLoad', `${home.name} consumes nothing`, 'is a file of its load missing?'));
  const night = periods.findIndex(
    ({ date, label }, index) =>
      date !== undefined && NIGHT_HOURS.has(label.slice(0, 2)) && (home.producedMwh[index] ?? 0n) > NIGHT_MWH,
  );
  if (night >= 0)
    doubts.push(
      doubtOf(
        'nightProduction',
        `${home.name} produces ${formatKwh(home.producedMwh[night] ?? 0n)} kWh at ${where(night)}`,
        'is the zone right (--time-zone), or are load and production exchanged?',
      ),
    );
  return doubts;
}

function stuckAt(energies: readonly bigint[]): number | undefined {
  let first = 0;
  for (let index = 1; index <= energies.length; index += 1) {
    if (index < energies.length && energies[index] === energies[first]) continue;
    if (index - first >= STUCK_PERIODS && (energies[first] ?? 0n) > 0n) return first;
    first = index;
  }
  return undefined;
}
