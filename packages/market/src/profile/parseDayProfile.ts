import { WattchainError } from '@wattchain/core';
import { type EnergyUnit, MWH_PER_KWH, parseEnergy } from '../units.js';
import { type EnergyColumn, type HomeColumns, readColumns } from './columns.js';
import { type CsvRow, readCsvRows } from './csv.js';
import type { DayProfile, HomeProfile } from './dayProfile.js';
import { readTime, startOfDate, TIME_CELL_FORMAT, type TimeCell } from './times.js';

/** Longest file: the hours of thirty homes in two years. */
export const MAX_DAY_FILE_BYTES = 8_000_000;
/** Lengths of a period: an hour and a quarter of one. */
const PERIOD_LENGTHS: readonly bigint[] = [3_600n, 900n];
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
}

/** A day as it was read, and what of the file was not taken. */
export interface ReadDay extends DayProfile {
  /** Days that the file holds; 1 when its times have no date. */
  readonly daysInFile: number;
  /** Titles of columns that hold no energy. */
  readonly ignoredColumns: readonly string[];
}

interface TimedRow extends CsvRow {
  readonly time: TimeCell;
}

/**
 * Reads a day of a community out of CSV text: a header line, then a line for every period of an hour or a quarter of one, its start in the
 * first column, each home's load and production in the others. Formats and examples: `docs/data.md`.
 * @throws WattchainError `badDayFile` with file, line and column
 */
export function parseDayProfile({ file, text, date }: DayFile): ReadDay {
  if (date !== undefined && startOfDate(date) === undefined)
    throw bad(`the date "${date}"`, 'there is no such day', 'write it as 2017-07-04');
  if (text.length > MAX_DAY_FILE_BYTES)
    throw bad(file, `it has ${text.length} characters`, `the limit is ${MAX_DAY_FILE_BYTES}: cut the day out of it`);
  const [header, ...rows] = readCsvRows(file, text, bad);
  if (header === undefined) throw bad(file, 'it is empty', 'its first line names the columns');
  const columns = readColumns(file, header.cells);
  if (columns.homes.length < 2)
    throw bad(file, 'it has one home', 'a community has two or more: add columns for the others');
  const timed = rows.map((row) => readRow(file, header, row));
  const { taken, daysInFile } = takeDay(file, timed, date);
  const periodSeconds = checkSequence(file, taken);
  const named = taken[0]?.time.date ?? date;
  const offset = taken[0]?.time.date === undefined && date !== undefined ? (startOfDate(date) ?? 0n) : 0n;
  return {
    date: named,
    periodSeconds,
    periods: taken.map(({ time }) => ({ start: time.seconds + offset, label: time.label })),
    homes: columns.homes.map((home) => readHome(file, home, taken)),
    daysInFile,
    ignoredColumns: columns.ignored,
  };
}

function readRow(file: string, header: CsvRow, row: CsvRow): TimedRow {
  const place = `${file}, line ${row.line}`;
  if (row.cells.length !== header.cells.length) {
    const hint = 'decimals are written with a point, and a missing figure cannot be left out';
    throw bad(place, `it has ${row.cells.length} columns, the header ${header.cells.length}`, hint);
  }
  const text = row.cells[0] ?? '';
  const time = readTime(text);
  if (time === undefined) {
    const title = header.cells[0] ?? '';
    throw bad(`${place}, column 1 (${title})`, `"${text.slice(0, 80)}" is not the start of a period`, TIME_CELL_FORMAT);
  }
  return { ...row, time };
}

/** The lines of the day that was asked for. */
function takeDay(
  file: string,
  rows: readonly TimedRow[],
  date: string | undefined,
): { taken: readonly TimedRow[]; daysInFile: number } {
  const [first] = rows;
  if (first === undefined) throw bad(file, 'there is no period in it', 'add a line for each period');
  const odd = rows.find(
    ({ time }) =>
      (time.date === undefined) !== (first.time.date === undefined) || time.hasOffset !== first.time.hasOffset,
  );
  if (odd) {
    const hint = 'write all of them with a date or none, with an offset or none';
    throw bad(`${file}, line ${odd.line}`, `its time is written differently from that of line ${first.line}`, hint);
  }
  const days = [...new Set(rows.flatMap(({ time }) => time.date ?? []))];
  if (first.time.date === undefined) return { taken: rows, daysInFile: 1 };
  const [only] = days;
  if (date === undefined && days.length > 1) {
    const found = `it holds ${days.length} days, ${only} to ${days.at(-1)}`;
    throw bad(file, found, `one day is traded at a time: choose it with --date, for example --date ${only}`);
  }
  const chosen = date ?? only;
  const taken = rows.filter(({ time }) => time.date === chosen);
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
  const length = second.time.seconds - first.time.seconds;
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (before !== undefined) checkStep(file, before, row, length);
  });
  return length;
}

function checkStep(file: string, before: TimedRow, row: TimedRow, length: bigint): void {
  const place = `${file}, line ${row.line}`;
  const step = row.time.seconds - before.time.seconds;
  const clocks = row.time.hasOffset
    ? ''
    : '; if the clocks changed here, write the times with their offsets, as in 2017-11-05T01:00-07:00';
  if (step === 0n)
    throw bad(place, `${row.time.label} comes twice, first in line ${before.line}`, `leave one of them out${clocks}`);
  if (step < 0n && row.time.date === undefined)
    throw bad(
      place,
      `${row.time.label} comes after ${before.time.label}`,
      'times without a date name one day; write the dates',
    );
  if (step < 0n)
    throw bad(place, `${row.time.label} comes after ${before.time.label}`, `sort the lines by time${clocks}`);
  const minutes = step / 60n;
  if (!PERIOD_LENGTHS.includes(length))
    throw bad(
      place,
      `it begins ${minutes} minutes after the line before`,
      'a period is an hour or a quarter of one, and none may be missing',
    );
  if (step > length)
    throw bad(
      place,
      `there is a gap between ${before.time.label} and ${row.time.label}`,
      `add the periods that are missing${clocks}`,
    );
  if (step < length)
    throw bad(
      place,
      `it begins ${minutes} minutes after the line before, the others ${length / 60n}`,
      'all periods of a day have one length',
    );
}

function readHome(file: string, home: HomeColumns, rows: readonly TimedRow[]): HomeProfile {
  const read = (column: EnergyColumn) => rows.map((row) => readEnergy(file, column, row));
  const consumedMwh = read(home.consumption);
  return {
    name: home.name,
    producedMwh: home.production === undefined ? rows.map(() => 0n) : read(home.production),
    consumedMwh,
  };
}

function readEnergy(file: string, column: EnergyColumn, row: TimedRow): bigint {
  const text = row.cells[column.position] ?? '';
  const place = `${file}, line ${row.line}, column ${column.position + 1} (${column.title})`;
  const slip = explainNumber(text, column.unit);
  if (slip) throw bad(place, slip.what, slip.hint);
  try {
    const energyMwh = parseEnergy(text, column.unit);
    if (energyMwh <= MAX_PERIOD_MWH) return energyMwh;
  } catch (cause) {
    if (!(cause instanceof WattchainError)) throw cause;
    throw bad(place, cause.message, cause.hint, cause);
  }
  throw bad(place, `${text} ${column.unit} is more than a gigawatt-hour in one period`, 'check the unit in the header');
}

/** Slips that deserve a sentence of their own. */
function explainNumber(text: string, unit: EnergyUnit): { what: string; hint: string } | undefined {
  const shown = text.slice(0, 80);
  if (text === '')
    return { what: 'it is empty', hint: 'every home needs a figure in every period; write 0 only where it was 0' };
  if (/^-\d/.test(text)) {
    const hint = 'load and production are never below 0: split a net figure into the two';
    return { what: `${shown} ${unit} is negative`, hint };
  }
  if (/^[+-]?(nan|inf(inity)?|n\/?a|null|-)$/i.test(text))
    return { what: `"${shown}" is not a number`, hint: 'fill the gap from the meter, or choose another day' };
  return undefined;
}

function bad(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badDayFile', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
