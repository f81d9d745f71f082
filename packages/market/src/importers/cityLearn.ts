import { type CsvRow, readTable } from '../input/table.js';
import { startOfDate } from '../input/time.js';
import { momentOf, WALL_CLOCK } from '../input/zone.js';
import { badData } from './badData.js';
import type { DataFile, ImportFile, ImportOptions, Track } from './dataFile.js';
import { homeOf } from './dataFile.js';
import { type FigureContext, type Rounding, readFigure } from './figures.js';

/** Titles of CityLearn's two generations. */
const MONTH = /^month$/i;
const HOUR = /^hour$/i;
const DAY_TYPE = /^day[_ ]type$/i;
const LOAD = /^(non_shiftable_load|equipment electric power \[kwh\])$/i;
const SOLAR = /^solar[_ ]generation( \[w\/kw\])?$/i;
const THERMAL = /^((cooling|heating|dhw)_demand|(cooling|heating) load \[kwh\]|dhw heating \[kwh\])$/i;
const HOUR_SECONDS = 3_600n;
const MAX_HOURS = 366 * 24;
/** Largest plant of a building, kW. */
const MAX_NOMINAL_KW = 10_000;

/** What a data set's `schema.json` says of a building, by the name of its file. */
export interface CityLearnBuilding {
  readonly name: string;
  /** W of its panels. */
  readonly nominalW: bigint;
}

/** Reads `schema.json`: buildings with their files and the nominal power of their panels. Errors: `badData`. */
export function readCityLearnSchema({ file, text }: ImportFile): Map<string, CityLearnBuilding> {
  const bad = (what: string) => badData(file, what, "give the schema.json of CityLearn's data set as it is");
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    throw bad('it is no JSON');
  }
  const buildings = fieldOf(schema, 'buildings');
  if (typeof buildings !== 'object' || buildings === null) throw bad('it has no buildings');
  const seconds = fieldOf(schema, 'seconds_per_time_step');
  if (seconds !== undefined && seconds !== null && Number(seconds) !== 3_600)
    throw bad(`its steps have ${String(seconds).slice(0, 20)} seconds, not 3600`);
  const found = new Map<string, CityLearnBuilding>();
  for (const [name, building] of Object.entries(buildings)) {
    const csv = fieldOf(building, 'energy_simulation');
    if (typeof csv !== 'string') throw bad(`${name.slice(0, 64)} has no energy_simulation`);
    const kilowatts = fieldOf(fieldOf(fieldOf(building, 'pv'), 'attributes'), 'nominal_power') ?? 0;
    if (typeof kilowatts !== 'number' || !(kilowatts >= 0 && kilowatts <= MAX_NOMINAL_KW))
      throw bad(`the nominal_power of ${name.slice(0, 64)} is ${String(kilowatts).slice(0, 20)}`);
    found.set(csv.replace(/^.*\//, ''), { name, nominalW: BigInt(Math.floor(kilowatts * 1_000 + 0.5)) });
  }
  return found;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/**
 * A building of CityLearn's data set: an hour a line, with month, hour (1 to 24, which ends it) and day type, its load in kWh and the output of
 * panels in W per kW, which `schema.json` tells the kW of. A year it has not: the first line's day is named with `--date`. Every line is compared
 * with the calendar. Demands of heat are none of electricity and left out. Source: CityLearn's documentation of data sets.
 * @param buildings what a schema says, by file; empty where none was given
 */
export function readCityLearn(
  file: ImportFile,
  options: ImportOptions,
  buildings: ReadonlyMap<string, CityLearnBuilding>,
): DataFile {
  const { header, rows } = readTable(file.file, file.text, badData);
  const at = (title: RegExp) => header.cells.findIndex((cell) => title.test(cell));
  const [month, hour, dayType, load, solar] = [at(MONTH), at(HOUR), at(DAY_TYPE), at(LOAD), at(SOLAR)] as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isEnding = options.stamps !== 'beginning';
  const wall = firstHour(file.file, rows, { month, hour, dayType, date: options.date, isEnding });
  const start = momentOf(options.clock ?? WALL_CLOCK, {
    date: options.date,
    wallSeconds: wall,
    offsetSeconds: undefined,
  });
  if (start.fault !== undefined) throw badData(file.file, start.fault.what, start.fault.hint);
  const building = buildings.get(file.file.replace(/^.*[/\\]/, ''));
  const rounding: Rounding = { rounded: 0 };
  const context: FigureContext = {
    file: file.file,
    hasDecimalCommas: false,
    periodSeconds: HOUR_SECONDS,
    isSigned: false,
  };
  const read = (position: number, unit: 'kWh' | 'W') =>
    rows.map(({ line, cells }) =>
      readFigure(
        cells[position] ?? '',
        line,
        { position, title: header.cells[position] ?? '', unit, isRegister: false },
        context,
        rounding,
      ),
    );
  const home = file.home ?? building?.name ?? homeOf(file);
  const tracks: Track[] = [{ home, kind: 'load', energies: read(load, 'kWh'), bridged: [] }];
  const perKilowatt = solar < 0 ? [] : read(solar, 'W');
  if (perKilowatt.some((energy) => energy !== undefined && energy > 0n)) {
    if (building === undefined)
      throw badData(
        `${file.file}, line 1, column ${solar + 1} (${header.cells[solar]})`,
        'it holds watts for each kilowatt of panels, and nothing says how many kilowatts there are',
        "give the data set's schema.json too, which has their nominal_power",
      );
    const energies = perKilowatt.map((energy) =>
      energy === undefined ? undefined : (energy * building.nominalW) / 1_000n,
    );
    tracks.push({ home, kind: 'pv', energies, bridged: [] });
  }
  return {
    file: file.file,
    format: 'citylearn',
    starts: rows.map((_, index) => start.value + HOUR_SECONDS * BigInt(index)),
    lines: rows.map(({ line }) => line),
    periodSeconds: HOUR_SECONDS,
    tracks,
    rates: [],
    zone: options.clock?.zone ?? WALL_CLOCK.zone,
    isDated: true,
    notes: notesOf(header.cells, rows, rounding, isEnding),
  };
}

/** Where the lines tell their hour, and what is known of it. */
interface HourColumns {
  readonly month: number;
  readonly hour: number;
  /** Below 0 where there is no such column. */
  readonly dayType: number;
  readonly date: string | undefined;
  readonly isEnding: boolean;
}

/** The first line's hour, seconds of the wall clock; every line is compared with the calendar from there. */
function firstHour(
  file: string,
  rows: readonly CsvRow[],
  { month, hour, dayType, date: first, isEnding }: HourColumns,
): bigint {
  if (rows.length < 2) throw badData(file, `it has ${rows.length} hours`, 'two or more are needed');
  if (rows.length > MAX_HOURS)
    throw badData(file, `it has ${rows.length} lines`, `the limit is ${MAX_HOURS}: hours of a year`);
  const day = first === undefined ? undefined : startOfDate(first);
  if (day === undefined)
    throw badData(
      file,
      'its lines have a month and an hour, and no year',
      "name the first line's day: --date 2016-07-31",
    );
  const hours = Number(rows[0]?.cells[hour]);
  const wall = day + BigInt(Number.isInteger(hours) ? hours : 0) * HOUR_SECONDS - (isEnding ? HOUR_SECONDS : 0n);
  rows.forEach(({ line, cells }, index) => {
    // The hour that its column names begins or ends here; 24 is of the day that it ends.
    const named = wall + HOUR_SECONDS * BigInt(index) + (isEnding ? HOUR_SECONDS : 0n);
    const date = new Date(Number(named - HOUR_SECONDS) * 1000);
    const expected = [date.getUTCMonth() + 1, date.getUTCHours() + 1, ((date.getUTCDay() + 6) % 7) + 1];
    const got = [cells[month], cells[hour], cells[dayType]].map(Number);
    const isHoliday = got[2] === 8 || dayType < 0;
    if (got[0] === expected[0] && got[1] === expected[1] && (isHoliday || got[2] === expected[2])) return;
    const shown = [month, hour, dayType].map((position) => cells[position]?.slice(0, 20) ?? 'none');
    throw badData(
      `${file}, line ${line}`,
      `month ${shown[0]}, hour ${shown[1]}, day type ${shown[2]} is not what follows from ${first}: month ${expected[0]}, hour ${expected[1]}, day type ${expected[2]}`,
      'check the date of the first line; each line is an hour, and none is missing',
    );
  });
  return wall;
}

function notesOf(
  titles: readonly string[],
  rows: readonly { readonly cells: readonly string[] }[],
  { rounded }: Rounding,
  isEnding: boolean,
): string[] {
  const thermal = titles.flatMap((title, position) =>
    THERMAL.test(title) && rows.some(({ cells }) => /[1-9]/.test(cells[position] ?? '')) ? [title] : [],
  );
  return [
    `hour ${isEnding ? 'ends' : 'begins'} the hour of its line; hours follow each other without a change of clocks`,
    ...(rounded > 0 ? [`${rounded} figures finer than 1 mWh were rounded to it, half to even`] : []),
    ...(thermal.length > 0 ? [`demands of heat and cold were left out: ${thermal.join(', ')}`] : []),
  ];
}

/** Whether a header is that of a building. */
export const isCityLearnHeader = (titles: readonly string[]): boolean =>
  [MONTH, HOUR, LOAD].every((title) => titles.some((cell) => title.test(cell)));
