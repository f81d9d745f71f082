import { WattchainError } from '@wattchain/core';
import { hasDecimalCommas } from '../input/decimal.js';
import { ENDS_HINT, namesBeginnings } from '../input/ends.js';
import { readHeader, readTable } from '../input/table.js';
import { clockOf } from '../input/time.js';
import type { CommunityClock, CommunityZone } from '../input/zone.js';
import { MWH_PER_KWH, parseEnergy } from '../units.js';
import { type DayColumns, type EnergyColumn, type HomeColumns, readColumns, type WidthLimits } from './columns.js';
import { looksCumulative } from './cumulative.js';
import type { HomeProfile } from './dayProfile.js';
import { readDayTimes, type TimedRow } from './dayTimes.js';

/** No home meters more than a gigawatt-hour in a period: a larger figure has another unit. */
const MAX_PERIOD_MWH = 1_000_000n * MWH_PER_KWH;

/** Text with the energies of a community, and how it is to be understood. */
export interface ProfileText {
  /** Name of the file, for errors. */
  readonly file: string;
  readonly text: string;
  /** The date of times that have none. */
  readonly date?: string | undefined;
  /** The community's clock, where somebody named it: times without an offset are by it, and days are told by it. */
  readonly clock?: CommunityClock | undefined;
}

/** How large a file may be. */
export interface FileLimits extends WidthLimits {
  readonly mostCharacters: number;
  /** Of one line: thirty-two for a column. */
  readonly mostInLine: number;
}

/** How periods may follow each other. */
export interface SequenceRules {
  /** What they make together, for errors: `the day`. */
  readonly whole: string;
  /** Lengths of a period, seconds, and their names. */
  readonly lengths: readonly bigint[];
  readonly lengthNames: readonly string[];
  /** Most periods. */
  readonly most: number;
}

/** A file's lines with their times, and what its columns are. */
export interface ProfileRows {
  readonly columns: DayColumns;
  readonly timed: readonly TimedRow[];
  readonly zone: CommunityZone;
  readonly emptyColumns: number;
  /** Titles as written. */
  readonly titles: readonly string[];
}

/** Reads the lines; their figures are not looked at. Errors: `badDayFile`. */
export function readProfileRows(
  { file, text, date, clock }: ProfileText,
  { lengths, mostCharacters, mostInLine, ...widths }: Pick<SequenceRules, 'lengths'> & FileLimits,
): ProfileRows {
  if (text.length > mostCharacters)
    throw bad(file, `it has ${text.length} characters`, `the limit is ${mostCharacters}: cut the day out of it`);
  const header = readHeader(file, text, bad);
  if (header.cells.length === 0) throw bad(file, 'it is empty', 'its first line names the columns');
  // Before the lines: a file that is too wide is told its homes, not that its first line is long.
  const columns = readColumns(file, header, widths);
  const { rows, emptyColumns } = readTable(file, text, bad, mostInLine);
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
  if (!namesBeginnings(header.cells[0] ?? '')) refuseEnds(file, timed, lengths);
  return { columns, timed, zone, emptyColumns, titles: header.cells };
}

/** Whole days whose times begin a period after midnight and come to midnight are named by the ends of their periods. */
function refuseEnds(file: string, rows: readonly TimedRow[], lengths: readonly bigint[]): void {
  const [first, second] = rows;
  const last = rows.at(-1);
  if (first?.date === undefined || second === undefined || last === undefined || last.date === first.date) return;
  const length = second.seconds - first.seconds;
  if (!lengths.includes(length) || first.label !== clockOf(length) || last.label !== clockOf(0n)) return;
  throw bad(
    file,
    `its times go from ${first.label} on ${first.date} to ${last.label} on ${last.date}: they look like the ends of periods`,
    `${ENDS_HINT}; if they are the beginnings, only the title is needed`,
  );
}

/** Checks that periods of one length follow each other, and gives that length. */
export function checkSequence(file: string, rows: readonly TimedRow[], rules: SequenceRules): bigint {
  const [first, second] = rows;
  if (first === undefined || second === undefined)
    throw bad(file, `${rules.whole} has one period`, 'two or more show how long a period is');
  if (rows.length > rules.most)
    throw bad(
      file,
      `${rules.whole} has ${rows.length} periods`,
      `the limit is ${rules.most}: ${rules.lengthNames.at(-1)} are the shortest`,
    );
  const length = second.seconds - first.seconds;
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (before !== undefined) checkStep(file, before, row, { ...rules, length });
  });
  return length;
}

function checkStep(
  file: string,
  before: TimedRow,
  row: TimedRow,
  { length, lengths, lengthNames }: SequenceRules & { readonly length: bigint },
): void {
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
  if (!lengths.includes(length))
    throw bad(
      place,
      `it begins ${minutes} minutes after the line before`,
      `periods are ${lengthNames.join(', ')}, and none may be missing`,
    );
  if (step > length)
    throw bad(
      place,
      `there is a gap between ${placeInTime(before, row)} and ${placeInTime(row, before)}`,
      `add the periods that are missing${clocks}`,
    );
  if (step < length)
    throw bad(
      place,
      `it begins ${minutes} minutes after the line before, the others ${length / 60n}`,
      'all periods have one length',
    );
}

/** What figures are read with. */
interface EnergyReading {
  readonly file: string;
  readonly rows: readonly TimedRow[];
  readonly hasDecimalCommas: boolean;
}

/** With its date where the other is of another day. */
function placeInTime(row: TimedRow, other: TimedRow): string {
  return row.date === other.date ? row.label : `${row.date} ${row.label}`;
}

/** The rows' figures of these homes, all together. */
function* figuresOf(rows: readonly TimedRow[], homes: readonly HomeColumns[]): Iterable<string> {
  for (const { cells } of rows)
    for (const { production, consumption } of homes)
      for (const column of [production, consumption]) if (column) yield cells[column.position] ?? '';
}

/** What the meters of these homes show in the rows. */
export function readHomes(file: string, rows: readonly TimedRow[], homes: readonly HomeColumns[]): HomeProfile[] {
  const reading = { file, rows, hasDecimalCommas: hasDecimalCommas(figuresOf(rows, homes)) };
  return homes.map((home) => readHome(home, reading));
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

/** `badDayFile`, with the place. */
export function bad(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badDayFile', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
