import { type Hex, WattchainError } from '@wattchain/core';
import {
  type CommunityClock,
  type CsvRow,
  ENDS_HINT,
  type FigureContext,
  hasDecimalCommas,
  namesEnds,
  readTable,
} from '@wattchain/market';
import { readInputText } from '../inputFile.js';
import { formatDuration, parseEnergyKwh, parseTime } from './energyOptions.js';
import { parseLabel } from './labels.js';

/** The columns of a readings file, in order. */
export const READING_COLUMNS = ['meter', 'start', 'produced_kwh', 'consumed_kwh'] as const;
/** A column that may follow the starts: the length of each period, which must be the registry's. */
const LENGTH_COLUMN = 'seconds';
const COLUMNS_WITH_LENGTH = ['meter', 'start', LENGTH_COLUMN, 'produced_kwh', 'consumed_kwh'] as const;
type ReadingColumn = (typeof COLUMNS_WITH_LENGTH)[number];

/** Longest file: the readings of a hundred meters in a month. */
const MAX_FILE_BYTES = 8_000_000;

/** A reading as a file or the command line gives it, before it has a number. */
export interface UnnumberedReading {
  readonly meter: Hex;
  readonly periodStart: bigint;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Where in a file it comes from, for errors: `readings.csv, line 3`. */
  readonly place?: string;
}

/** The readings of a file, and what of it was left out. */
export interface ReadingsFile {
  readonly readings: readonly UnnumberedReading[];
  /** Last columns without a title and without a figure. */
  readonly emptyColumns: number;
}

/** By what a readings file is read: times without an offset are by the clock, a column of lengths is compared with the registry's. */
export interface ReadingsContext {
  readonly clock: CommunityClock;
  readonly resolutionSeconds: bigint;
}

/** Reads a readings file. Errors: `unreadableFile`, `badReadings` with line and column. */
export function readReadingsFile(file: string, context: ReadingsContext): ReadingsFile {
  return parseReadings(file, readInputText(file, MAX_FILE_BYTES, bad), context);
}

/** The readings of a file's text: a header line, then one reading a line. Errors: `badReadings` with line and column. */
export function parseReadings(file: string, text: string, context: ReadingsContext): ReadingsFile {
  const { header, separator, rows, emptyColumns } = readTable(file, text, bad);
  const columns = readHeader(file, header, separator);
  if (rows.length === 0) throw bad(file, 'there is no reading in it', 'add a line for each period');
  rows.forEach(({ line }, index) => {
    const expectedLine = (rows[index - 1]?.line ?? header.line) + 1;
    if (line !== expectedLine)
      throw bad(`${file}, line ${expectedLine}`, 'it is empty', 'remove it, or add what is missing');
  });
  const figures = {
    hasDecimalCommas: hasDecimalCommas(rows.flatMap(({ cells }) => cells.slice(columns.indexOf('produced_kwh')))),
  };
  // Of a time that a clock shows twice the one after the meter's last is meant.
  const last = new Map<Hex, bigint>();
  const readings = rows.map((row) => {
    const reading = parseRow(`${file}, line ${row.line}`, row, { ...context, columns, figures, last });
    last.set(reading.meter, reading.periodStart);
    return reading;
  });
  return { readings, emptyColumns };
}

function readHeader(file: string, { line, cells }: CsvRow, separator: string): readonly ReadingColumn[] {
  const found = [READING_COLUMNS, COLUMNS_WITH_LENGTH].find((columns) => columns.join(',') === cells.join(','));
  if (found !== undefined) return found;
  const expected = READING_COLUMNS.join(',');
  const place = `${file}, line ${line}`;
  const ending = cells.findIndex(namesEnds);
  if (ending >= 0)
    throw bad(
      `${place}, column ${ending + 1} (${cells[ending]})`,
      'periods are named by their ends',
      `${ENDS_HINT}; the first line is ${expected}`,
    );
  throw bad(place, `"${cells.join(separator).slice(0, 80)}" is not the header`, `the first line is ${expected}`);
}

/** What a row is read with. */
interface RowContext extends ReadingsContext {
  readonly columns: readonly ReadingColumn[];
  readonly figures: FigureContext;
  /** Start of each meter's reading before. */
  readonly last: ReadonlyMap<Hex, bigint>;
}

function parseRow(place: string, { cells }: CsvRow, context: RowContext): UnnumberedReading {
  const { clock, columns, figures, last, resolutionSeconds } = context;
  if (cells.length !== columns.length) {
    throw bad(place, `it has ${cells.length} columns, not ${columns.length}`, `they are ${columns.join(',')}`);
  }
  function read<Value>(column: ReadingColumn, parse: (text: string) => Value): Value {
    const index = columns.indexOf(column);
    try {
      return parse(cells[index] ?? '');
    } catch (cause) {
      if (!(cause instanceof WattchainError)) throw cause;
      throw bad(`${place}, column ${index + 1} (${column})`, cause.message, cause.hint, cause);
    }
  }
  const meter = read('meter', (cell) => parseLabel('a meter', cell));
  if (columns.includes(LENGTH_COLUMN)) read(LENGTH_COLUMN, (cell) => requireLength(cell, resolutionSeconds));
  return {
    meter,
    periodStart: read('start', (cell) => parseTime('the start', cell, clock, last.get(meter))),
    producedMwh: read('produced_kwh', (cell) => parseEnergyKwh(cell, figures)),
    consumedMwh: read('consumed_kwh', (cell) => parseEnergyKwh(cell, figures)),
    place,
  };
}

/** Refuses a period that has not the registry's length. */
function requireLength(text: string, resolutionSeconds: bigint): void {
  if (text === String(resolutionSeconds)) return;
  throw new WattchainError(
    'badPeriod',
    `the period has "${text}" seconds, and the registry's have ${resolutionSeconds}`,
    {
      values: { text, resolutionSeconds },
      hint: `give what was measured in each ${formatDuration(resolutionSeconds)}; then the column can be left out`,
    },
  );
}

function bad(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badReadings', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
