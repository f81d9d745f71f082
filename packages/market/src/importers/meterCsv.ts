import { type CsvRow, readTable } from '../input/table.js';
import { badData } from './badData.js';
import {
  type DataFile,
  type DataFormat,
  type FigureUnit,
  homeOf,
  type ImportFile,
  type ImportOptions,
} from './dataFile.js';
import { readMeterTable, type TrackColumn } from './meterTable.js';
import { findTimeColumns, type TimeColumns } from './timeColumns.js';
import { readTitle, type Title } from './titles.js';

/** So many lines of an account and an address may stand before the header. */
const MAX_PREAMBLE = 40;
const OPOWER_TITLE = /^(type|date|start time|end time|usage.*|import.*|export.*|units|costs?|notes)$/i;
/** HomeWizard's exports, whose columns are registers and do not say so … */
const HOMEWIZARD_TITLE = /^(import|export) t[12] kwh$/i;
/** … and those of DSMR-reader. */
const DSMR_READER_TITLE = /^(delivered|returned)_[12]$/i;
const IS_GAS = /gas|water|steam|heat/i;
const UNIT_TITLE = /^(units?|uom|einheit|eenheid)$/i;

interface Header {
  readonly row: CsvRow;
  readonly times: TimeColumns;
  readonly rows: readonly CsvRow[];
}

/** A column, and what its title says. */
interface TitledColumn extends Title {
  readonly position: number;
  readonly title: string;
}

/**
 * A meter's export as CSV: any titles, from which it is told what is time, taken and given, and in what unit; lines before the header; one
 * home a file. Green Button's CSV and those of Dutch P1 readers are such. Errors: `badData` with line, column and unit.
 */
export function readMeterCsv(file: ImportFile, options: ImportOptions, format: DataFormat): DataFile {
  const table = readTable(file.file, file.text, badData);
  const { row: header, times, rows } = findHeader(file.file, [table.header, ...table.rows]);
  const notes: string[] = [];
  const electric = electricRows(header, rows, notes);
  const columns = columnsOf(file, options, { header, times, rows: electric, notes });
  const used = Math.max(...columns.map(({ position }) => position), ...times.positions);
  for (const { line, cells } of electric) {
    if (cells.length > used && cells.length <= header.cells.length) continue;
    throw badData(
      `${file.file}, line ${line}`,
      `it has ${cells.length} columns, the header ${header.cells.length}`,
      'decimals are written with a point, or cells are separated by semicolons',
    );
  }
  const said = times.names ?? options.stamps;
  const isRegister = columns.some((column) => column.isRegister);
  if (said === undefined && !isRegister)
    notes.push(`its times (${times.title}) are taken as the beginnings of periods`);
  if (said === 'ending' && !isRegister)
    notes.push('its times name the ends of periods, which begin one period earlier');
  return readMeterTable(
    {
      file: file.file,
      format,
      rows: electric,
      timeTitle: times.title,
      timePosition: times.position,
      timeOf: times.timeOf,
      isEnding: said === 'ending',
      isStampAssumed: said === undefined && !isRegister,
      columns,
      areRegistersSaid: options.figures !== undefined,
      notes,
    },
    options,
  );
}

/** Whether lines hold a header of such an export. */
export function hasMeterHeader(lines: readonly CsvRow[]): boolean {
  return lines.slice(0, MAX_PREAMBLE).some((row, index) => headerAt(lines, row, index) !== undefined);
}

/** Which kind of export its header shows. */
export function meterFormatOf(lines: readonly CsvRow[]): DataFormat {
  const row = lines.slice(0, MAX_PREAMBLE).find((line, index) => headerAt(lines, line, index) !== undefined);
  const titles = row?.cells ?? [];
  if (titles.length >= 4 && titles.every((title) => OPOWER_TITLE.test(title))) return 'green-button-csv';
  return isP1(titles) ? 'p1' : 'meter';
}

const isP1 = (titles: readonly string[]) =>
  (/^time$/i.test(titles[0] ?? '') && titles.some((title) => HOMEWIZARD_TITLE.test(title))) ||
  titles.some((title) => DSMR_READER_TITLE.test(title));

function headerAt(lines: readonly CsvRow[], row: CsvRow, index: number): Header | undefined {
  const sample = lines[index + 1];
  if (sample === undefined || row.cells.length < 2) return undefined;
  const times = findTimeColumns(row.cells, sample);
  if (times === undefined) return undefined;
  const isEnergy = row.cells.some((title, position) => {
    if (times.positions.includes(position)) return false;
    const { role, unit } = readTitle(title);
    return role !== undefined || unit !== undefined || DSMR_READER_TITLE.test(title);
  });
  // The header itself is no line of figures.
  return isEnergy && findTimeColumns(row.cells, row) === undefined
    ? { row, times, rows: lines.slice(index + 1) }
    : undefined;
}

function findHeader(file: string, lines: readonly CsvRow[]): Header {
  if ((lines[0]?.cells.length ?? 0) === 0) throw badData(file, 'it is empty', 'its first line names the columns');
  for (const [index, row] of lines.slice(0, MAX_PREAMBLE).entries()) {
    const header = headerAt(lines, row, index);
    if (header !== undefined) return header;
  }
  throw badData(
    file,
    'no line of it is a header with a time and an energy, followed by a line with a time',
    'title the columns, for example start;import kWh;export kWh, and write times as 2024-03-31T00:00',
  );
}

/** Rows of electricity, where a column says what each is. */
function electricRows(header: CsvRow, rows: readonly CsvRow[], notes: string[]): readonly CsvRow[] {
  const type = header.cells.findIndex((title) => /^type$/i.test(title));
  if (type < 0) return rows;
  const electric = rows.filter(({ cells }) => !IS_GAS.test(cells[type] ?? ''));
  if (electric.length < rows.length) notes.push(`${rows.length - electric.length} lines of gas or water were left out`);
  return electric;
}

interface ColumnContext {
  readonly header: CsvRow;
  readonly times: TimeColumns;
  readonly rows: readonly CsvRow[];
  readonly notes: string[];
}

function columnsOf(file: ImportFile, options: ImportOptions, context: ColumnContext): TrackColumn[] {
  const { header, times, notes } = context;
  const titled = header.cells.map((title, position) => ({ ...readTitle(title), position, title }));
  const energies = titled.filter(({ position, role }) => role !== undefined && !times.positions.includes(position));
  const chosen = chooseColumns(file, energies, context);
  const left = titled.filter(
    ({ position }) => !times.positions.includes(position) && !chosen.some((column) => column.position === position),
  );
  const named = left.map(({ title }) => title.slice(0, 80)).filter((title) => title !== '');
  if (named.length > 0) notes.push(`columns that were left out: ${named.slice(0, 20).join(', ')}`);
  const p1 = isP1(header.cells);
  return chosen.map((column) => ({
    position: column.position,
    title: column.title,
    home: homeOf(file),
    role: column.role as TrackColumn['role'],
    unit: unitOf(file, column, options, context),
    isRegister: options.figures === undefined ? column.isRegister || p1 : options.figures === 'registers',
  }));
}

/** The columns of what the home takes and gives: a total before its parts, energies before powers. */
function chooseColumns(
  file: ImportFile,
  energies: readonly TitledColumn[],
  { header, notes }: ColumnContext,
): TitledColumn[] {
  const sides = (['load', 'pv'] as const).flatMap((role) =>
    chooseSide(
      file.file,
      header,
      energies.filter((column) => column.role === role),
    ),
  );
  const nets = energies.filter(({ role }) => role === 'net');
  const unnamed = energies.filter(({ role }) => role === 'unnamed');
  if (sides.length > 0) return retold(file, sides);
  if (nets.length === 1) {
    notes.push(`${nets[0]?.title}: above 0 is what the home takes, below 0 what it gives`);
    return nets as TitledColumn[];
  }
  const [only] = unnamed;
  if (only !== undefined && unnamed.length === 1) {
    const role = file.kind ?? 'load';
    notes.push(
      `${only.title.slice(0, 80)} is taken as ${role === 'load' ? "the home's load" : "the home's production"}`,
    );
    return [{ ...only, role }];
  }
  const found = unnamed.length + nets.length;
  throw badData(
    `${file.file}, line ${header.line}`,
    found === 0
      ? 'no column holds energies'
      : `${found} columns hold energies, and no title says which is taken and which is given`,
    'title them import and export, or consumption and production',
  );
}

/** Columns of one side alone are what the person says that they are. */
function retold(file: ImportFile, sides: readonly TitledColumn[]): TitledColumn[] {
  const { kind } = file;
  if (kind === undefined || new Set(sides.map(({ role }) => role)).size > 1) return [...sides];
  return sides.map((column) => ({ ...column, role: kind }));
}

function chooseSide(file: string, header: CsvRow, all: readonly TitledColumn[]): readonly TitledColumn[] {
  const isPower = ({ unit }: TitledColumn) => unit === 'kW' || unit === 'W';
  const energies = all.some((column) => !isPower(column)) ? all.filter((column) => !isPower(column)) : all;
  const totals = energies.filter(({ part }) => part === undefined);
  if (energies.length <= 1 || totals.length === 1) return totals.length === 1 ? totals : energies;
  const parts = new Set(energies.map(({ part }) => part));
  if (totals.length === 0 && parts.size === energies.length) return energies;
  const names = energies.map(({ title, position }) => `${position + 1} (${title.slice(0, 40)})`).join(', ');
  throw badData(
    `${file}, line ${header.line}`,
    `columns ${names} can all be what the home ${energies[0]?.role === 'load' ? 'takes' : 'gives'}`,
    'leave one of them; of several homes in one file, title columns as a day file: anna_load_kWh, anna_pv_kWh',
  );
}

function unitOf(
  file: ImportFile,
  column: TitledColumn,
  options: ImportOptions,
  { header, rows }: ColumnContext,
): FigureUnit {
  const place = `${file.file}, line ${header.line}, column ${column.position + 1} (${column.title.slice(0, 80)})`;
  if (column.foreignUnit !== undefined)
    throw badData(
      place,
      `its unit "${column.foreignUnit}" is none that is read`,
      'the units are kWh, Wh and mWh (milliwatt-hours, whose case counts), and kW and W of average powers',
    );
  if (column.unit !== undefined) return column.unit;
  const units = header.cells.findIndex((title) => UNIT_TITLE.test(title));
  if (units >= 0) {
    const [first] = rows;
    const odd = rows.find(({ cells }) => cells[units] !== first?.cells[units]);
    if (odd !== undefined)
      throw badData(
        `${file.file}, line ${odd.line}, column ${units + 1} (${header.cells[units]})`,
        `its unit is "${(odd.cells[units] ?? '').slice(0, 20)}", that of line ${first?.line} "${(first?.cells[units] ?? '').slice(0, 20)}"`,
        'give all figures in one unit',
      );
    const unit = readTitle(`x ${first?.cells[units] ?? ''}`).unit;
    if (unit !== undefined) return unit;
  }
  if (options.unit !== undefined) return options.unit;
  if (DSMR_READER_TITLE.test(column.title)) return 'kWh';
  throw badData(place, 'its unit is unknown', 'write it into the title, as import kWh, or say --unit kWh');
}
