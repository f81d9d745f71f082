import { WattchainError } from '@wattchain/core';
import type { DecimalKind } from '../input/decimal.js';
import { Fields } from '../input/fields.js';
import { excess, sum } from '../mechanism/common/split.js';
import type { CommunitySeries } from '../profile/parseSeries.js';
import { formatKwh } from '../units.js';
import { energyOver } from './dispatch.js';

/** Longest text: five lines with a year of hours each. */
export const MAX_FEEDER_CHARACTERS = 4_000_000;
/** Most lines, and most homes behind one. */
const MAX_LINES = 1_000;

/** What a line lets through, W; `undefined` without a limit. */
interface LineLimits {
  readonly importW: bigint | undefined;
  readonly exportW: bigint | undefined;
}

/** What holds in one period alone. */
export interface LinePeriod extends LineLimits {
  /** What the line's own meter counted, mWh: below 0 where it carried energy out of the homes. */
  readonly countedMwh: bigint | undefined;
}

/** A line, cable or transformer, with the homes behind it. */
export interface FeederLine extends LineLimits {
  readonly name: string;
  readonly homes: readonly string[];
  /** By start, meter time. */
  readonly periods: ReadonlyMap<bigint, LinePeriod>;
}

/** What a line carried over a span, mWh. */
export interface LineFlow {
  readonly name: string;
  /** Production behind it that it did not let out. */
  readonly curtailedMwh: bigint;
  /** What the homes behind it took beyond its limit, and in how many periods: loads are not changed. */
  readonly beyondMwh: bigint;
  readonly beyondPeriods: number;
  /** Over the periods in which its own meter counted: that, and what the homes' meters say of them before anything is curtailed. */
  readonly countedPeriods: number;
  readonly countedMwh: bigint;
  readonly toldMwh: bigint;
}

/** Readings as a feeder's lines let them be. */
export interface FedSeries {
  readonly series: CommunitySeries;
  readonly lines: readonly LineFlow[];
  readonly notes: readonly string[];
}

const KILOWATTS: DecimalKind = {
  name: 'a power in kW',
  decimals: 3,
  finest: 'powers are whole watts',
  hasExponents: false,
};
const KWH: DecimalKind = {
  name: 'an energy in kWh',
  decimals: 6,
  finest: 'energy is counted in whole mWh',
  hasExponents: true,
};
const SECONDS: DecimalKind = { name: 'a start', decimals: 0, finest: 'it is in whole seconds', hasExponents: false };

/**
 * Reads the lines of a feeder, JSON (`docs/community-data.md`), out of a file or a power system's answer.
 * @throws WattchainError `badFeeder` with the file and the field
 */
export function parseFeeder(file: string, text: string): FeederLine[] {
  const fields = Fields.parse(file, text, 'badFeeder', MAX_FEEDER_CHARACTERS);
  const lines = fields.objects('lines').map(lineOf);
  fields.finish();
  if (lines.length === 0 || lines.length > MAX_LINES)
    throw fields.wrong('lines', `there are ${lines.length}`, `a feeder has 1 to ${MAX_LINES}`);
  const names = lines.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw fields.wrong('lines', `${twice.slice(0, 64)} stands twice`, 'each has its own name');
  return lines;
}

function lineOf(fields: Fields): FeederLine {
  const periods = new Map<bigint, LinePeriod>();
  const line = { name: fields.requiredText('name'), homes: fields.texts('homes'), ...limitsOf(fields), periods };
  if (new Set(line.homes).size !== line.homes.length || line.homes.length === 0)
    throw fields.wrong('homes', 'it names none, or one twice', 'name the homes behind the line, each once');
  for (const period of fields.objects('periods')) {
    const start = period.requiredDecimal('start', SECONDS);
    if (periods.has(start)) throw period.wrong('start', `${start} stands twice`, 'a period has one entry');
    periods.set(start, { ...limitsOf(period), countedMwh: period.decimal('countedKwh', KWH, true) });
    period.finish();
  }
  fields.finish();
  return line;
}

const limitsOf = (fields: Fields): LineLimits => ({
  importW: fields.decimal('importKw', KILOWATTS),
  exportW: fields.decimal('exportKw', KILOWATTS),
});

/** A line with its homes' places, and what limits it by period, mWh. */
interface PlacedLine extends FeederLine {
  readonly places: readonly number[];
  limitOf(of: keyof LineLimits, period: number): bigint | undefined;
}

/**
 * What meters show where lines carry no more than they may, before any rule: what the homes behind a line feed in beyond its limit is not
 * produced, each home's part by its surplus. Lines hold in their order, so that one nearer to the grid stands after those behind it. Loads
 * are not changed.
 * @throws WattchainError `badFeeder` for a home or a period that is not in the series
 */
export function feedThrough(series: CommunitySeries, feeder: readonly FeederLine[]): FedSeries {
  const lines = feeder.map((line) => placed(line, series));
  const produced = series.homes.map(({ producedMwh }) => [...producedMwh]);
  const netOf = (home: number, period: number) =>
    (series.homes[home]?.consumedMwh[period] ?? 0n) - (produced[home]?.[period] ?? 0n);
  const flowOf = ({ places }: PlacedLine, period: number) => sum(places.map((home) => netOf(home, period)));
  const told = lines.map((line) => series.periods.map((_, period) => flowOf(line, period)));
  const curtailed = lines.map((line) => {
    let total = 0n;
    for (let period = 0; period < series.periods.length; period++) {
      const limit = line.limitOf('exportW', period);
      const cut = limit === undefined ? 0n : excess(-flowOf(line, period), limit);
      if (cut === 0n) continue;
      total += cut;
      const surpluses = line.places.map((home) => excess(-netOf(home, period), 0n));
      partsOf(cut, surpluses).forEach((part, index) => {
        const own = produced[line.places[index] ?? 0];
        if (own !== undefined) own[period] = (own[period] ?? 0n) - part;
      });
    }
    return total;
  });
  const flows = lines.map((line, index): LineFlow => {
    const beyond = series.periods.map((_, period) => {
      const limit = line.limitOf('importW', period);
      return limit === undefined ? 0n : excess(flowOf(line, period), limit);
    });
    const counted = series.periods.flatMap(({ start }, period) => {
      const countedMwh = line.periods.get(start)?.countedMwh;
      return countedMwh === undefined ? [] : [{ countedMwh, toldMwh: told[index]?.[period] ?? 0n }];
    });
    return {
      name: line.name,
      curtailedMwh: curtailed[index] ?? 0n,
      beyondMwh: sum(beyond),
      beyondPeriods: beyond.filter((mwh) => mwh > 0n).length,
      countedPeriods: counted.length,
      countedMwh: sum(counted.map(({ countedMwh }) => countedMwh)),
      toldMwh: sum(counted.map(({ toldMwh }) => toldMwh)),
    };
  });
  const homes = series.homes.map((home, place) => ({ ...home, producedMwh: produced[place] ?? [] }));
  return { series: { ...series, homes }, lines: flows, notes: flows.flatMap(notesOf) };
}

function placed(line: FeederLine, { homes, periods, periodSeconds }: CommunitySeries): PlacedLine {
  const wrong = (what: string, hint: string) =>
    new WattchainError('badFeeder', `line ${line.name.slice(0, 64)}: ${what}`, { values: { line: line.name }, hint });
  const names = homes.map(({ name }) => name);
  const places = line.homes.map((name) => {
    const place = names.indexOf(name);
    if (place !== -1) return place;
    throw wrong(`there is no home called ${name.slice(0, 64)}`, `homes are ${names.join(', ').slice(0, 400)}`);
  });
  const [first, last] = [periods[0]?.start ?? 0n, periods.at(-1)?.start ?? 0n];
  const starts = new Set(periods.map(({ start }) => start));
  // A file may be longer than the span; within it a start that is none is a slip, and its limit would hold nowhere.
  const stray = [...line.periods.keys()].find((start) => start >= first && start <= last && !starts.has(start));
  if (stray !== undefined)
    throw wrong(
      `no period begins at ${stray}`,
      `starts are seconds of meter time, as in periods.csv; the first is ${first}`,
    );
  return {
    ...line,
    places,
    limitOf: (of, period) => {
      const watts = line.periods.get(periods[period]?.start ?? 0n)?.[of] ?? line[of];
      return watts === undefined ? undefined : energyOver(watts, periodSeconds);
    },
  };
}

/** A whole number of mWh by surplus; what rounding leaves goes one each to the first ones that have a remainder. */
function partsOf(total: bigint, surpluses: readonly bigint[]): bigint[] {
  const whole = sum(surpluses);
  const parts = surpluses.map((surplus) => (total * surplus) / whole);
  let left = total - sum(parts);
  return parts.map((part, index) => {
    if (left === 0n || (total * (surpluses[index] ?? 0n)) % whole === 0n) return part;
    left -= 1n;
    return part + 1n;
  });
}

const countPeriods = (count: number) => `${count} period${count === 1 ? '' : 's'}`;

function notesOf({
  name,
  curtailedMwh,
  beyondMwh,
  beyondPeriods,
  countedPeriods,
  countedMwh,
  toldMwh,
}: LineFlow): string[] {
  const notes = [
    `Line ${name}: ${formatKwh(curtailedMwh)} kWh of production behind it were curtailed, before any rule.`,
  ];
  if (beyondPeriods > 0)
    notes.push(
      `Line ${name}: homes behind it take ${formatKwh(beyondMwh)} kWh more than it lets through, in ${countPeriods(beyondPeriods)}; loads are not changed.`,
    );
  if (countedPeriods > 0)
    notes.push(
      `Line ${name}: its own meter counted ${formatKwh(countedMwh)} kWh in ${countPeriods(countedPeriods)}, the homes' meters tell of ${formatKwh(toldMwh)} kWh: the balance of ${formatKwh(countedMwh - toldMwh)} kWh is lost in lines, or a meter is wrong.`,
    );
  return notes;
}
