import { startOfDate } from '../input/time.js';
import type { CommunityZone } from '../input/zone.js';
import type { DayProfile } from './dayProfile.js';
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

/** Longest file: the hours of thirty homes in two years. */
export const MAX_DAY_FILE_BYTES = 8_000_000;
/** Two columns for each of a hundred homes, and some more. */
const DAY_LIMITS: FileLimits = {
  mostCharacters: MAX_DAY_FILE_BYTES,
  mostColumns: 256,
  mostHomes: 100,
  mostInLine: 8_192,
};

const DAY_RULES: SequenceRules = {
  whole: 'the day',
  lengths: [3_600n, 1_800n, 900n],
  lengthNames: ['hours', 'half hours', 'quarters of an hour'],
  // Quarters of an hour on a day whose clocks go back.
  most: 100,
};

/** What a day is read from; its date is the day to take, where the file holds several. */
export interface DayFile extends ProfileText {
  /** Most homes, fewer than a hundred where less can be traded with. */
  readonly mostHomes?: number;
}

/** A day as it was read, and what of the file was not taken. */
export interface ReadDay extends DayProfile {
  /** Days that the file holds; 1 when its times have no date. */
  readonly daysInFile: number;
  /** Titles of columns that hold no energy. */
  readonly ignoredColumns: readonly string[];
  /** Last columns without a title and without a figure, which were left out. */
  readonly emptyColumns: number;
  /** By which clock the day's periods are told. */
  readonly zone: CommunityZone;
}

/**
 * Reads a day of a community out of CSV text: a header line, then a line for every period of an hour, half of one or a quarter of one, its
 * start in the first column, each home's load and production in the others. Formats and examples: `docs/data.md`.
 * @throws WattchainError `badDayFile` with file, line and column
 */
export function parseDayProfile({ file, text, date, clock, mostHomes = DAY_LIMITS.mostHomes }: DayFile): ReadDay {
  if (date !== undefined && startOfDate(date) === undefined)
    throw bad(`the date "${date}"`, 'there is no such day', 'write it as 2017-07-04');
  const rows = readProfileRows({ file, text, date, clock }, { ...DAY_RULES, ...DAY_LIMITS, mostHomes });
  const { columns, zone, emptyColumns } = rows;
  const { taken, daysInFile } = takeDay(file, rows.timed, date);
  const periodSeconds = checkSequence(file, taken, DAY_RULES);
  return {
    date: taken[0]?.date,
    periodSeconds,
    periods: taken.map(({ seconds, label }) => ({ start: seconds, label })),
    homes: readHomes(file, taken, columns.homes),
    daysInFile,
    ignoredColumns: columns.ignored,
    emptyColumns,
    zone,
  };
}

/** The lines of the day that was asked for. */
function takeDay(
  file: string,
  rows: readonly TimedRow[],
  date: string | undefined,
): { taken: readonly TimedRow[]; daysInFile: number } {
  const [first] = rows;
  if (first === undefined) throw bad(file, 'there is no period in it', 'add a line for each period');
  const days = [...new Set(rows.flatMap((row) => row.date ?? []))];
  if (first.date === undefined) return { taken: rows, daysInFile: 1 };
  const [only] = days;
  if (date === undefined && days.length > 1) {
    const found = `it holds ${days.length} days, ${only} to ${days.at(-1)}`;
    throw bad(file, found, `one day is traded at a time: choose it with --date, for example --date ${only}`);
  }
  const chosen = date ?? only;
  const taken = rows.filter((row) => row.date === chosen);
  if (taken.length === 0)
    throw bad(file, `it does not hold ${chosen}`, `it holds ${days.length} days, ${only} to ${days.at(-1)}`);
  return { taken, daysInFile: days.length };
}
