import { type Hex, WattchainError } from '@wattchain/core';
import { type CsvRow, readCsvRows } from '@wattchain/market';
import { readInputFile } from '../inputFile.js';
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

/** Reads a readings file. Errors: `unreadableFile`, `badReadings` with line and column. */
export function readReadingsFile(file: string): UnnumberedReading[] {
  const text = readInputFile(file, MAX_FILE_BYTES);
  if (text === undefined) throw bad(file, `it has more than ${MAX_FILE_BYTES} bytes`, 'split it');
  return parseReadings(file, text);
}

/** The readings of a file's text: a header line, then one reading a line. Errors: `badReadings` with line and column. */
export function parseReadings(file: string, text: string): UnnumberedReading[] {
  const [header, ...rows] = readCsvRows(file, text, bad);
  const expected = READING_COLUMNS.join(',');
  if (header?.cells.join(',') !== expected) {
    const shown = (header?.cells.join(',') ?? '').slice(0, 80);
    throw bad(`${file}, line ${header?.line ?? 1}`, `"${shown}" is not the header`, `the first line is ${expected}`);
  }
  if (rows.length === 0) throw bad(file, 'there is no reading in it', 'add a line for each period');
  rows.forEach(({ line }, index) => {
    const expectedLine = (rows[index - 1]?.line ?? header.line) + 1;
    if (line !== expectedLine)
      throw bad(`${file}, line ${expectedLine}`, 'it is empty', 'remove it, or add what is missing');
  });
  return rows.map((row) => parseRow(`${file}, line ${row.line}`, row));
}

function parseRow(place: string, { cells }: CsvRow): UnnumberedReading {
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
  return {
    meter: read('meter', (cell) => parseLabel('a meter', cell)),
    periodStart: read('start', (cell) => parseTime('the start', cell)),
    periodSeconds: BigInt(read('seconds', (cell) => parsePeriodSeconds('the length', cell))),
    producedMwh: read('produced_kwh', parseEnergyKwh),
    consumedMwh: read('consumed_kwh', parseEnergyKwh),
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
