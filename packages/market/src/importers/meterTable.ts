import { hasDecimalCommas } from '../input/decimal.js';
import type { CsvRow } from '../input/table.js';
import { clockOf } from '../input/time.js';
import { looksCumulative } from '../profile/cumulative.js';
import { badData } from './badData.js';
import {
  type DataFile,
  type DataFormat,
  type ImportOptions,
  LENGTH_NAMES,
  PERIOD_LENGTHS,
  type Track,
  type TrackGap,
} from './dataFile.js';
import { type FigureColumn, type FigureContext, type Rounding, readFigure } from './figures.js';
import { periodsOfRegister } from './registers.js';
import { readStamps, type Stamps } from './stamps.js';
import type { ColumnRole } from './titles.js';

/** A column of figures and whose they are. Columns of one home and role are added up. */
export interface TrackColumn extends FigureColumn {
  readonly home: string;
  readonly role: Exclude<ColumnRole, 'unnamed'>;
  /** Whole numbers by which figures are multiplied and divided: a scale that another file gives. */
  readonly factor?: { readonly numerator: bigint; readonly denominator: bigint } | undefined;
}

/** A table of figures by time, and how its format lays it out. */
export interface MeterTable {
  readonly file: string;
  readonly format: DataFormat;
  readonly rows: readonly CsvRow[];
  /** Of the times, for errors. */
  readonly timeTitle: string;
  readonly timePosition: number;
  /** The time of a row, of one cell or several. */
  readonly timeOf: (row: CsvRow) => string;
  readonly isEnding: boolean;
  /** Whether whole days of times that look like ends are refused: nobody said what they are. */
  readonly isStampAssumed: boolean;
  readonly columns: readonly TrackColumn[];
  /** Whether figures that look like a register's are one, where nobody says so; otherwise they are refused. */
  readonly areRegistersSaid: boolean;
  readonly notes: readonly string[];
}

/** Most rows: minutes of a leap year, and a few. */
const MAX_ROWS = 366 * 24 * 60 + 2;

/** Reads a table of figures by time. Errors: `badData` with line, column and unit. */
export function readMeterTable(table: MeterTable, options: ImportOptions): DataFile {
  const { file, rows } = table;
  if (rows.length > MAX_ROWS)
    throw badData(file, `it has ${rows.length} lines`, `the limit is ${MAX_ROWS}: minutes of a year`);
  const stamps = readStamps(
    rows.map((row) => ({ line: row.line, text: table.timeOf(row) })),
    {
      file,
      title: table.timeTitle,
      position: table.timePosition,
      clock: options.clock,
      date: options.date,
      dates: options.dates,
      isEnding: table.isEnding,
    },
  );
  const lines = rows.map(({ line }) => line);
  const periodSeconds = lengthOf(file, stamps, lines);
  if (table.isStampAssumed) refuseEnds(table, stamps, periodSeconds);
  return tracksOf(table, stamps, { lines, periodSeconds });
}

/** The length of periods: the shortest distance of two times that follow each other; all others are whole numbers of it. */
export function lengthOf(
  file: string,
  { moments, isDated }: Pick<Stamps, 'moments' | 'isDated'>,
  lines: readonly number[],
): bigint {
  if (moments.length < 2) throw badData(file, `it has ${moments.length} periods`, 'two or more show how long one is');
  let length: bigint | undefined;
  moments.forEach((moment, index) => {
    if (index === 0) return;
    const step = moment - (moments[index - 1] as bigint);
    const place = `${file}, line ${lines[index]}`;
    const clocks = 'if the clocks changed here, name the zone (--time-zone Europe/Berlin)';
    if (step === 0n) throw badData(place, `its time is that of line ${lines[index - 1]}`, `leave one out; ${clocks}`);
    if (step < 0n)
      throw badData(
        place,
        `its time is before that of line ${lines[index - 1]}`,
        isDated ? `sort the lines by time; ${clocks}` : 'times without a date name one day; write the dates',
      );
    if (length === undefined || step < length) length = step;
  });
  const found = length as bigint;
  const short = moments.findIndex((moment, index) => index > 0 && moment - (moments[index - 1] as bigint) === found);
  if (!PERIOD_LENGTHS.some((allowed) => allowed === found))
    throw badData(
      `${file}, line ${lines[short]}`,
      `it is ${found} seconds after the line before`,
      `periods are ${LENGTH_NAMES}`,
    );
  requireDense(file, moments.length, moments[0] as bigint, moments.at(-1) as bigint, found);
  const odd = moments.findIndex((moment) => (moment - (moments[0] as bigint)) % found !== 0n);
  if (odd >= 0)
    throw badData(
      `${file}, line ${lines[odd]}`,
      `it is no whole number of ${found / 60n} minutes after the first line`,
      'all periods have one length',
    );
  return found;
}

/** A gap may be so many times as long as what is there, and a few weeks more; beyond that a date is wrong. */
const MOST_SPAN = 20;
const FREE_PERIODS = 3_000;

/** Refuses times that are far apart beside their number: the year of one of them is wrong. Errors: `badData`. */
export function requireDense(file: string, count: number, first: bigint, last: bigint, length: bigint): void {
  const periods = (last - first) / length + 1n;
  if (periods <= BigInt(count * MOST_SPAN + FREE_PERIODS)) return;
  throw badData(
    file,
    `its times go over ${periods} periods of ${length / 60n} minutes, and it has figures of ${count}`,
    'is the date of a line wrong?',
  );
}

/** Whole days whose times begin a period after midnight and come to midnight look like the ends of their periods. */
function refuseEnds({ file }: MeterTable, { moments, isDated }: Stamps, length: bigint): void {
  const [first, last] = [moments[0] ?? 0n, moments.at(-1) ?? 0n];
  // Wall clocks alone: with an offset midnight may be anywhere.
  if (!isDated || clockOf(first) !== clockOf(length) || clockOf(last) !== clockOf(0n)) return;
  throw badData(
    file,
    `its times go from ${clockOf(first)} to ${clockOf(last)}: they look like the ends of periods`,
    'say --stamps ending, or --stamps beginning if they are the beginnings',
  );
}

function tracksOf(
  table: MeterTable,
  stamps: Stamps,
  { lines, periodSeconds }: { readonly lines: readonly number[]; readonly periodSeconds: bigint },
): DataFile {
  const { file, rows, columns } = table;
  const isRegisters = columns.some(({ isRegister }) => isRegister);
  if (isRegisters && columns.some(({ isRegister }) => !isRegister))
    throw badData(
      `${file}, line 1`,
      'some of its columns are registers and some are energies of a period',
      'give one kind: say --figures registers or --figures periods',
    );
  const rounding: Rounding = { rounded: 0 };
  const context: FigureContext = { file, periodSeconds, isSigned: false, hasDecimalCommas: hasCommas(table) };
  const notes = [...table.notes];
  const figures = new Map<TrackColumn, readonly (bigint | undefined)[]>();
  const bridges = new Map<TrackColumn, readonly TrackGap[]>();
  for (const column of columns) {
    const shown = rows.map((row) =>
      scaled(
        readFigure(
          row.cells[column.position] ?? '',
          row.line,
          column,
          { ...context, isSigned: column.role === 'net' },
          rounding,
        ),
        column,
      ),
    );
    if (!column.isRegister) {
      refuseRegister(table, column, shown);
      figures.set(column, shown);
      continue;
    }
    const reading = { file, title: column.title, moments: stamps.moments, lines, periodSeconds };
    const periods = periodsOfRegister(shown, reading);
    notes.push(...periods.notes);
    figures.set(column, periods.energies);
    bridges.set(column, periods.bridged);
  }
  if (rounding.rounded > 0) notes.push(`${rounding.rounded} figures finer than 1 mWh were rounded to it, half to even`);
  // A register's figure at the end of a period belongs to the one that begins before it.
  const shift = table.isEnding && !isRegisters ? periodSeconds : 0n;
  const count = isRegisters ? stamps.moments.length - 1 : stamps.moments.length;
  return {
    file,
    format: table.format,
    starts: stamps.moments.slice(0, count).map((moment) => moment - shift),
    lines: lines.slice(0, count),
    until: isRegisters ? stamps.moments.at(-1) : undefined,
    periodSeconds,
    tracks: joinColumns(columns, figures, bridges),
    rates: [],
    zone: stamps.zone,
    isDated: stamps.isDated,
    notes,
  };
}

function scaled(figure: bigint | undefined, { factor }: TrackColumn): bigint | undefined {
  if (figure === undefined || factor === undefined) return figure;
  return (figure * factor.numerator) / factor.denominator;
}

function hasCommas({ rows, columns }: MeterTable): boolean {
  return hasDecimalCommas(
    (function* () {
      for (const { cells } of rows)
        for (const { position } of columns) yield (cells[position] ?? '').replace(/^[-\u2212]/, '');
    })(),
  );
}

function refuseRegister(
  { file, areRegistersSaid }: MeterTable,
  column: TrackColumn,
  shown: readonly (bigint | undefined)[],
) {
  if (areRegistersSaid) return;
  const known = shown.filter((figure) => figure !== undefined);
  if (!looksCumulative(known)) return;
  throw badData(
    `${file}, column ${column.position + 1} (${column.title.slice(0, 80)})`,
    'the figures only grow and are never small',
    'if it is the register of a meter, which counts on (cumulative), say --figures registers, else --figures periods',
  );
}

/** One track for each home and kind: columns of the same are added, a net column is split by its sign. */
function joinColumns(
  columns: readonly TrackColumn[],
  figures: ReadonlyMap<TrackColumn, readonly (bigint | undefined)[]>,
  bridges: ReadonlyMap<TrackColumn, readonly TrackGap[]>,
): Track[] {
  const tracks = new Map<string, { home: string; kind: 'load' | 'pv'; parts: TrackColumn[]; sign: bigint }>();
  for (const column of columns) {
    const kinds = column.role === 'net' ? (['load', 'pv'] as const) : [column.role];
    for (const kind of kinds) {
      const key = JSON.stringify([column.home, kind]);
      const sign = column.role !== 'net' ? 0n : kind === 'load' ? 1n : -1n;
      const track = tracks.get(key) ?? { home: column.home, kind, parts: [], sign };
      track.parts.push(column);
      tracks.set(key, track);
    }
  }
  return [...tracks.values()].map(({ home, kind, parts, sign }) => {
    const lists = parts.map((part) => figures.get(part) ?? []);
    const energies = (lists[0] ?? []).map((_, index) => {
      let total = 0n;
      for (const list of lists) {
        const figure = list[index];
        if (figure === undefined) return undefined;
        total += sign === 0n ? figure : figure * sign > 0n ? figure * sign : 0n;
      }
      return total;
    });
    return { home, kind, energies, bridged: addBridges(parts.map((part) => bridges.get(part) ?? [])) };
  });
}

/** Energies over gaps that all columns have in the same place. */
function addBridges(lists: readonly (readonly TrackGap[])[]): TrackGap[] {
  const [first = [], ...others] = lists;
  return first.flatMap((gap) => {
    const same = others.map((list) => list.find(({ start, end }) => start === gap.start && end === gap.end));
    if (same.some((other) => other?.energyMwh === undefined)) return [];
    return [
      { ...gap, energyMwh: same.reduce((total, other) => total + (other?.energyMwh ?? 0n), gap.energyMwh ?? 0n) },
    ];
  });
}
