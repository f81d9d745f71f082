import { WattchainError } from '@wattchain/core';
import { hasDecimalCommas } from '../input/decimal.js';
import { ENDS_HINT, namesBeginnings } from '../input/ends.js';
import { readTable } from '../input/table.js';
import { clockOf, startOfDate } from '../input/time.js';
import type { CommunityClock, CommunityZone } from '../input/zone.js';
import { MWH_PER_KWH, parseEnergy } from '../units.js';
import { type EnergyColumn, type HomeColumns, readColumns } from './columns.js';
import { looksCumulative } from './cumulative.js';
import type { DayProfile, HomeProfile } from './dayProfile.js';
import { readDayTimes, type TimedRow } from './dayTimes.js';

/** Longest file: the hours of thirty homes in two years. */
export const MAX_DAY_FILE_BYTES = 8_000_000;
/** Lengths of a period: an hour, half of one and a quarter of one. */
const PERIOD_LENGTHS: readonly bigint[] = [3_600n, 1_800n, 900n];
/** Quarters of an hour on a day whose clocks go back. */
const MAX_PERIODS = 100;
/** No home meters more than a gigawatt-hour in a period: a larger figure has another unit. */
const MAX_PERIOD_MWH = 1_000_000n * MWH_PER_KWH;

/** What a day is read from. */
export interface DayFile {
  /** Name of the file, for errors. */
  readonly file: string;
  readonly text: string;
  /** `YYYY-MM-DD`: the day to take, where the file holds several; the day's date, where its times have none. */
  readonly date?: string;
  /** The community's clock, where somebody named it: times without an offset are by it, and days are told by it. */
  readonly clock?: CommunityClock;
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
export function parseDayProfile({ file, text, date, clock }: DayFile): ReadDay {
  if (date !== undefined && startOfDate(date) === undefined)
    throw bad(`the date "${date}"`, 'there is no such day', 'write it as 2017-07-04');
  if (text.length > MAX_DAY_FILE_BYTES)
    throw bad(file, `it has ${text.length} characters`, `the limit is ${MAX_DAY_FILE_BYTES}: cut the day out of it`);
  const { header, rows, emptyColumns } = readTable(file, text, bad);
  if (header.cells.length === 0) throw bad(file, 'it is empty', 'its first line names the columns');
  const columns = readColumns(file, header.cells);
  if (columns.homes.length < 2)
    throw bad(file, 'it has one home', 'a community has two or more: add columns for the others');
  const odd = rows.find(({ cells }) => cells.length !== header.cells.length);
  if (odd) {
    const hint = 'decimals are written with a point, and a missing figure cannot be left out';
    throw bad(
      `${file}, line ${odd.line}`,
      `it has ${odd.cells.length} columns, the header ${header.cells.length}`,
      hint,
    );
  }
  const { timed, zone } = readDayTimes(header, rows, { file, date, clock, bad });
  if (!namesBeginnings(header.cells[0] ?? '')) refuseEnds(file, timed);
  const { taken, daysInFile } = takeDay(file, timed, date);
  const periodSeconds = checkSequence(file, taken);
  const energies: EnergyReading = {
    file,
    rows: taken,
    hasDecimalCommas: hasDecimalCommas(figuresOf(taken, columns.homes)),
  };
  return {
    date: taken[0]?.date,
    periodSeconds,
    periods: taken.map(({ seconds, label }) => ({ start: seconds, label })),
    homes: columns.homes.map((home) => readHome(home, energies)),
    daysInFile,
    ignoredColumns: columns.ignored,
    emptyColumns,
    zone,
  };
}

/** Whole days whose times begin a period after midnight and come to midnight are named by the ends of their periods. */
function refuseEnds(file: string, rows: readonly TimedRow[]): void {
  const [first, second] = rows;
  const last = rows.at(-1);
  if (first?.date === undefined || second === undefined || last === undefined || last.date === first.date) return;
  const length = second.seconds - first.seconds;
  if (!PERIOD_LENGTHS.includes(length) || first.label !== clockOf(length) || last.label !== clockOf(0n)) return;
  throw bad(
    file,
    `its times go from ${first.label} on ${first.date} to ${last.label} on ${last.date}: they look like the ends of periods`,
    `${ENDS_HINT}; if they are the beginnings, only the title is needed`,
  );
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

/** Checks that periods of one length follow each other, and gives that length. */
function checkSequence(file: string, rows: readonly TimedRow[]): bigint {
  const [first, second] = rows;
  if (first === undefined || second === undefined)
    throw bad(file, 'the day has one period', 'two or more show how long a period is');
  if (rows.length > MAX_PERIODS)
    throw bad(
      file,
      `the day has ${rows.length} periods`,
      `the limit is ${MAX_PERIODS}: quarters of an hour are the shortest`,
    );
  const length = second.seconds - first.seconds;
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (before !== undefined) checkStep(file, before, row, length);
  });
  return length;
}

function checkStep(file: string, before: TimedRow, row: TimedRow, length: bigint): void {
  const place = `${file}, line ${row.line}`;
  const step = row.seconds - before.seconds;
  const clocks = row.hasOffset
    ? ''
    : '; if the clocks changed here, write the times with their offsets, as in 2017-11-05T01:00-07:00';
  if (step === 0n)
    throw bad(place, `${row.label} comes twice, first in line ${before.line}`, `leave one of them out${clocks}`);
  if (step < 0n && row.date === undefined)
    throw bad(place, `${row.label} comes after ${before.label}`, 'times without a date name one day; write the dates');
  if (step < 0n) throw bad(place, `${row.label} comes after ${before.label}`, `sort the lines by time${clocks}`);
  const minutes = step / 60n;
  if (!PERIOD_LENGTHS.includes(length))
    throw bad(
      place,
      `it begins ${minutes} minutes after the line before`,
      'a period is an hour, half of one or a quarter of one, and none may be missing',
    );
  if (step > length)
    throw bad(
      place,
      `there is a gap between ${before.label} and ${row.label}`,
      `add the periods that are missing${clocks}`,
    );
  if (step < length)
    throw bad(
      place,
      `it begins ${minutes} minutes after the line before, the others ${length / 60n}`,
      'all periods of a day have one length',
    );
}

/** What the figures of a day are read with. */
interface EnergyReading {
  readonly file: string;
  readonly rows: readonly TimedRow[];
  readonly hasDecimalCommas: boolean;
}

function* figuresOf(rows: readonly TimedRow[], homes: readonly HomeColumns[]): Iterable<string> {
  for (const { cells } of rows)
    for (const { production, consumption } of homes)
      for (const column of [production, consumption]) if (column) yield cells[column.position] ?? '';
}

function readHome({ name, production, consumption }: HomeColumns, reading: EnergyReading): HomeProfile {
  return {
    name,
    producedMwh: production === undefined ? reading.rows.map(() => 0n) : readEnergies(production, reading),
    consumedMwh: readEnergies(consumption, reading),
  };
}

function readEnergies(column: EnergyColumn, reading: EnergyReading): bigint[] {
  const energies = reading.rows.map((row) => readEnergy(column, row, reading));
  if (!looksCumulative(energies)) return energies;
  throw bad(
    `${reading.file}, column ${column.position + 1} (${column.title})`,
    'the figures only grow and are never small',
    'is it the register of a meter, which counts on (cumulative)? Give what each period adds to it',
  );
}

function readEnergy(column: EnergyColumn, row: TimedRow, { file, hasDecimalCommas }: EnergyReading): bigint {
  const text = row.cells[column.position] ?? '';
  const place = `${file}, line ${row.line}, column ${column.position + 1} (${column.title})`;
  try {
    const energyMwh = parseEnergy(text, column.unit, { hasDecimalCommas });
    if (energyMwh <= MAX_PERIOD_MWH) return energyMwh;
  } catch (cause) {
    if (!(cause instanceof WattchainError)) throw cause;
    throw bad(place, cause.message, cause.hint, cause);
  }
  throw bad(place, `${text} ${column.unit} is more than a gigawatt-hour in one period`, 'check the unit in the header');
}

function bad(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badDayFile', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
