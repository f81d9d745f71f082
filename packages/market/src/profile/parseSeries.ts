import { type DecimalKind, readDecimal } from '../input/decimal.js';
import { startOfDate } from '../input/time.js';
import type { CommunityZone } from '../input/zone.js';
import type { HomeProfile, ProfilePeriod } from './dayProfile.js';
import type { TimedRow } from './dayTimes.js';
import {
  bad,
  checkSequence,
  type FileLimits,
  type ProfileText,
  readHomes,
  readProfileRows,
  type SequenceRules,
} from './profileRows.js';

/** Longest file: ten million figures of thirteen characters. */
export const MAX_SERIES_FILE_CHARACTERS = 130_000_000;
/** Most homes. */
export const MAX_SERIES_HOMES = 1_000;
/** Two columns for each of the homes, and some rates. */
export const SERIES_LIMITS: FileLimits = {
  mostCharacters: MAX_SERIES_FILE_CHARACTERS,
  mostColumns: 2_056,
  mostHomes: MAX_SERIES_HOMES,
  mostInLine: 65_792,
};
/** Most homes times periods. */
export const MAX_SERIES_CELLS = 10_000_000;
/** Digits after the point of a rate. */
const RATE_DECIMALS = 18;

const SERIES_RULES: SequenceRules = {
  whole: 'it',
  lengths: [3_600n, 1_800n, 900n, 600n, 300n, 60n],
  lengthNames: ['hours', 'half hours', 'quarters of an hour', 'ten minutes', 'five minutes', 'minutes'],
  // Minutes of a leap year.
  most: 366 * 24 * 60,
};

/** A community's periods of any number of days are read from a day file that is longer. */
export interface SeriesFile extends ProfileText {
  /** First and last day to take, `YYYY-MM-DD`; all that the file holds where they are left out. */
  readonly from?: string;
  readonly to?: string;
}

/** A period of several days. */
export interface SeriesPeriod extends ProfilePeriod {
  /** `YYYY-MM-DD`; `undefined` where the file's times have no date. */
  readonly date: string | undefined;
}

/** A column of rates, such as a tariff. */
export interface RateColumn {
  /** As the header writes it, with its unit: `tariff_usd_per_kWh`. */
  readonly title: string;
  /** By period, in 10^-18 of the title's unit. */
  readonly values: readonly bigint[];
}

/** What a community's meters show in periods of one length that follow each other without a gap. */
export interface CommunitySeries {
  readonly periodSeconds: bigint;
  readonly periods: readonly SeriesPeriod[];
  readonly homes: readonly HomeProfile[];
  readonly rates: readonly RateColumn[];
  readonly emptyColumns: number;
  readonly zone: CommunityZone;
}

/**
 * Reads any number of days of a community: the day file's format (`docs/data.md`), longer, with periods from an hour down to a minute;
 * columns of rates (`…_per_…`) come with it.
 * @throws WattchainError `badDayFile` with file, line and column
 */
export function parseSeries({ file, text, date, clock, from, to }: SeriesFile): CommunitySeries {
  for (const day of [from, to])
    if (day !== undefined && startOfDate(day) === undefined)
      throw bad(`the date "${day}"`, 'there is no such day', 'write it as 2017-07-04');
  const limits = { ...SERIES_RULES, ...SERIES_LIMITS };
  const { columns, timed, zone, emptyColumns, titles } = readProfileRows({ file, text, date, clock }, limits);
  const taken = takeSpan(file, timed, from, to);
  const cells = taken.length * columns.homes.length;
  if (cells > MAX_SERIES_CELLS) {
    const what = `${columns.homes.length} homes in ${taken.length} periods are ${cells}`;
    throw bad(file, what, `the limit of homes times periods is ${MAX_SERIES_CELLS}: take fewer days or longer periods`);
  }
  return {
    periodSeconds: checkSequence(file, taken, SERIES_RULES),
    periods: taken.map(({ seconds, label, date: day }) => ({ start: seconds, label, date: day })),
    homes: readHomes(file, taken, columns.homes),
    rates: columns.ignored.map((title) => readRates(file, taken, titles.indexOf(title), title)),
    emptyColumns,
    zone,
  };
}

function takeSpan(
  file: string,
  rows: readonly TimedRow[],
  from: string | undefined,
  to: string | undefined,
): readonly TimedRow[] {
  if (from === undefined && to === undefined) return rows;
  const [first, last] = [rows[0]?.date, rows.at(-1)?.date];
  if (first === undefined) throw bad(file, 'its times have no dates', 'days cannot be chosen from it');
  // Dates of one form come in the order of their text.
  const taken = rows.filter(({ date = '' }) => date >= (from ?? '') && (to === undefined || date <= to));
  if (taken.length > 0) return taken;
  throw bad(file, `it holds no day from ${from ?? first} to ${to ?? last}`, `it holds ${first} to ${last}`);
}

/** A column of rates, exactly. Errors: `badDayFile` with line and column. */
export function readRates(file: string, rows: readonly TimedRow[], position: number, title: string): RateColumn {
  const kind: DecimalKind = {
    name: 'a rate',
    decimals: RATE_DECIMALS,
    finest: `a rate has ${RATE_DECIMALS} decimals`,
    hasExponents: true,
  };
  const values = rows.map(({ line, cells }) => {
    const { value, fault } = readDecimal(cells[position] ?? '', kind);
    if (fault === undefined) return value;
    throw bad(`${file}, line ${line}, column ${position + 1} (${title})`, fault.what, fault.hint);
  });
  return { title, values };
}
