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
import { type Period, parseEnergyKwh, parsePeriodSeconds, parseTime } from './energyOptions.js';
import { parseLabel } from './labels.js';

/** The columns of a readings file, in order. */
export const READING_COLUMNS = ['meter', 'start', 'seconds', 'produced_kwh', 'consumed_kwh'] as const;
type ReadingColumn = (typeof READING_COLUMNS)[number];

/** Longest file: the readings of a hundred meters in a month. */
const MAX_FILE_BYTES = 8_000_000;

/** A reading as a file or the command line gives it, before it has a number. */
export interface UnnumberedReading extends Period {
  readonly meter: Hex;
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

/** Reads a readings file; times without an offset are by `clock`. Errors: `unreadableFile`, `badReadings` with line and column. */
export function readReadingsFile(file: string, clock: CommunityClock): ReadingsFile {
  return parseReadings(file, readInputText(file, MAX_FILE_BYTES, bad), clock);
}

/** The readings of a file's text: a header line, then one reading a line. Errors: `badReadings` with line and column. */
export function parseReadings(file: string, text: string, clock: CommunityClock): ReadingsFile {
  const { header, separator, rows, emptyColumns } = readTable(file, text, bad);
  checkHeader(file, header, separator);
  if (rows.length === 0) throw bad(file, 'there is no reading in it', 'add a line for each period');
  rows.forEach(({ line }, index) => {
    const expectedLine = (rows[index - 1]?.line ?? header.line) + 1;
    if (line !== expectedLine)
      throw bad(`${file}, line ${expectedLine}`, 'it is empty', 'remove it, or add what is missing');
  });
  const figures = {
    hasDecimalCommas: hasDecimalCommas(
      rows.flatMap(({ cells }) => cells.slice(READING_COLUMNS.indexOf('produced_kwh'))),
    ),
  };
  // Of a time that a clock shows twice the one after the meter's last is meant.
  const last = new Map<Hex, bigint>();
  const readings = rows.map((row) => {
    const reading = parseRow(`${file}, line ${row.line}`, row, { clock, figures, last });
    last.set(reading.meter, reading.periodStart);
    return reading;
  });
  return { readings, emptyColumns };
}

function checkHeader(file: string, { line, cells }: CsvRow, separator: string): void {
  const expected = READING_COLUMNS.join(',');
  if (cells.join(',') === expected) return;
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
interface RowContext {
  readonly clock: CommunityClock;
  readonly figures: FigureContext;
  /** Start of each meter's reading before. */
  readonly last: ReadonlyMap<Hex, bigint>;
}

function parseRow(place: string, { cells }: CsvRow, { clock, figures, last }: RowContext): UnnumberedReading {
  if (cells.length !== READING_COLUMNS.length) {
    throw bad(
      place,
      `it has ${cells.length} columns, not ${READING_COLUMNS.length}`,
      `they are ${READING_COLUMNS.join(',')}`,
    );
  }
  function read<Value>(column: ReadingColumn, parse: (text: string) => Value): Value {
    const index = READING_COLUMNS.indexOf(column);
    try {
      return parse(cells[index] ?? '');
    } catch (cause) {
      if (!(cause instanceof WattchainError)) throw cause;
      throw bad(`${place}, column ${index + 1} (${column})`, cause.message, cause.hint, cause);
    }
  }
  const meter = read('meter', (cell) => parseLabel('a meter', cell));
  return {
    meter,
    periodStart: read('start', (cell) => parseTime('the start', cell, clock, last.get(meter))),
    periodSeconds: BigInt(read('seconds', (cell) => parsePeriodSeconds('the length', cell))),
    producedMwh: read('produced_kwh', (cell) => parseEnergyKwh(cell, figures)),
    consumedMwh: read('consumed_kwh', (cell) => parseEnergyKwh(cell, figures)),
    place,
  };
}

function bad(place: string, what: string, hint: string | undefined, cause?: unknown): WattchainError {
  return new WattchainError('badReadings', `${place}: ${what}`, {
    values: { place },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
