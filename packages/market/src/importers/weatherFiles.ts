import { readTime } from '../input/time.js';
import { UTC_ZONE } from '../input/zone.js';
import { badData } from './badData.js';
import { type DataFile, homeOf, type ImportFile } from './dataFile.js';
import { type Rounding, readFigure } from './figures.js';
import { lengthOf } from './meterTable.js';
import { isoOf } from './stamps.js';
import { hourKey, readHour, readNumber, type WeatherFile, type WeatherHour } from './weather.js';

/** Header lines of an EPW file. */
const EPW_HEADER = 8;
/** PVGIS's time, `20160101:0011`. */
const PVGIS_TIME = /^(\d{4})(\d{2})(\d{2}):(\d{2})(\d{2})$/;
const MAX_LINES = 366 * 24 * 20 + 100;

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines with their numbers, cells without blanks around them. Errors: `badData` for too many. */
function linesOf({ file, text }: ImportFile): Line[] {
  const rows = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (rows.length > MAX_LINES) throw badData(file, `it has ${rows.length} lines`, `the limit is ${MAX_LINES}`);
  return rows.map((row, index) => ({ line: index + 1, cells: row.split(',').map((cell) => cell.trim()) }));
}

const weatherData = (
  file: string,
  format: 'epw' | 'pvgis',
  weather: WeatherFile,
  notes: readonly string[],
): DataFile => ({
  file,
  format,
  starts: [],
  lines: [],
  periodSeconds: 3_600n,
  tracks: [],
  rates: [],
  zone: UTC_ZONE,
  isDated: true,
  notes,
  weather,
});

function requireHours(file: string, hours: ReadonlyMap<number, WeatherHour>): void {
  if (hours.size === 0) throw badData(file, 'it has weather of no hour', 'give the file as it was downloaded');
}

/**
 * A typical year's weather as EnergyPlus reads it (EPW; TMY3 comes so too): eight header lines, then a line an hour, which is named by its end
 * in standard time, with its dry-bulb temperature (column 7) and global, direct and diffuse irradiation (columns 14 to 16).
 * Source: EnergyPlus, Auxiliary Programs, weather data format.
 */
export function readEpw(file: ImportFile): DataFile {
  const lines = linesOf(file);
  const location = lines[0]?.cells ?? [];
  const place = `${file.file}, line 1`;
  const offsetHours = readNumber(place, location[8] ?? '', 'the time zone in hours', -12, 14);
  const weather = {
    latitude: readNumber(place, location[6] ?? '', 'the latitude in degrees', -90, 90),
    longitude: readNumber(place, location[7] ?? '', 'the longitude in degrees', -180, 180),
    offsetSeconds: offsetHours * 3_600,
  };
  const periods = lines[EPW_HEADER - 1]?.cells ?? [];
  if (!/^data periods$/i.test(periods[0] ?? '') || periods[2] !== '1')
    throw badData(
      `${file.file}, line ${EPW_HEADER}`,
      'it is not DATA PERIODS with one record an hour',
      'give a weather file of hours',
    );
  const hours = new Map<number, WeatherHour>();
  for (const { line, cells } of lines.slice(EPW_HEADER)) {
    if (cells.length === 1 && cells[0] === '') continue;
    const at = `${file.file}, line ${line}`;
    const [month, day, hour] = [1, 2, 3].map((index) => readWhole(at, cells[index] ?? '')) as [number, number, number];
    requireDay(at, month, day, hour - 1);
    const [global = '', direct = '', diffuse = ''] = cells.slice(13, 16);
    add(at, hours, hourKey(month, day, hour - 1), { global, direct, diffuse, temperature: cells[6] ?? '' });
  }
  requireHours(file.file, hours);
  return weatherData(file.file, 'epw', { ...weather, hours }, [`weather of ${location[1]?.slice(0, 60) ?? ''}`]);
}

/** PVGIS's files: hourly data with the power of panels (P), which are a home's production, or a typical year's weather. Times are UTC. */
export function readPvgis(file: ImportFile): DataFile {
  const lines = linesOf(file);
  const header = lines.findIndex(({ cells }) => /^time(\(UTC\))?$/i.test(cells[0] ?? '') && cells.length > 3);
  if (header < 0) throw badData(file.file, 'it has no line that begins with time', 'download it from PVGIS as CSV');
  const titles = lines[header]?.cells ?? [];
  const rest = lines.slice(header + 1);
  const end = rest.findIndex(({ cells }) => !PVGIS_TIME.test(cells[0] ?? ''));
  const rows = end < 0 ? rest : rest.slice(0, end);
  // What comes after is a legend; a line of figures among it is one that is broken.
  const broken =
    end < 0 ? undefined : rest.slice(end).find(({ cells }) => cells.length === titles.length && cells.length > 3);
  if (broken !== undefined)
    throw badData(
      `${file.file}, line ${broken.line}`,
      `"${broken.cells[0]?.slice(0, 40)}" is not a time`,
      'PVGIS writes 20160101:0011',
    );
  if (titles.includes('Gb(n)')) return readPvgisTypicalYear(file, lines.slice(0, header), titles, rows);
  const power = titles.indexOf('P');
  if (power < 0)
    throw badData(
      `${file.file}, line ${lines[header]?.line}`,
      'it has no column P, the power of the panels',
      'ask PVGIS for the PV power too, or for a typical year',
    );
  return readPvgisPower(file, power, rows);
}

function readPvgisPower(file: ImportFile, position: number, rows: readonly Line[]): DataFile {
  const column = { position, title: 'P in W', unit: 'W' as const, isRegister: false };
  const context = { file: file.file, hasDecimalCommas: false, periodSeconds: 3_600n, isSigned: false };
  const rounding: Rounding = { rounded: 0 };
  const starts = rows.map((row) => {
    const moment = momentOfPvgis(file.file, row);
    // The picture of the satellite is some minutes into the hour that it stands for.
    return moment - (moment % 3_600n);
  });
  const lines = rows.map(({ line }) => line);
  return {
    file: file.file,
    format: 'pvgis',
    starts,
    lines,
    periodSeconds: lengthOf(file.file, { moments: starts, isDated: true }, lines),
    tracks: [
      {
        home: homeOf(file),
        kind: 'pv',
        energies: rows.map(({ line, cells }) => readFigure(cells[position] ?? '', line, column, context, rounding)),
        bridged: [],
      },
    ],
    rates: [],
    zone: UTC_ZONE,
    isDated: true,
    notes: ['the power of the panels (P) at a moment of each hour is taken for the whole hour'],
  };
}

function momentOfPvgis(file: string, { line, cells }: Line): bigint {
  const text = (cells[0] ?? '').replace(PVGIS_TIME, '$1-$2-$3T$4:$5Z');
  const { value, fault } = readTime(isoOf(text, undefined));
  if (fault !== undefined)
    throw badData(
      `${file}, line ${line}, column 1 (time)`,
      `"${(cells[0] ?? '').slice(0, 40)}" is not a time`,
      'PVGIS writes 20160101:0011',
    );
  return value.wallSeconds;
}

function readPvgisTypicalYear(
  file: ImportFile,
  head: readonly Line[],
  titles: readonly string[],
  rows: readonly Line[],
): DataFile {
  const degreesOf = (name: string, most: number) => {
    const found = head.find(({ cells }) => (cells[0] ?? '').startsWith(name));
    const text = (found?.cells[0] ?? '').replace(/^[^:]*:/, '').trim();
    return readNumber(
      `${file.file}, line ${found?.line ?? 1}`,
      text,
      `the ${name.toLowerCase()} in degrees`,
      -most,
      most,
    );
  };
  const [latitude, longitude] = [degreesOf('Latitude', 90), degreesOf('Longitude', 180)];
  const at = (name: string) => titles.indexOf(name);
  const hours = new Map<number, WeatherHour>();
  for (const row of rows) {
    const place = `${file.file}, line ${row.line}`;
    const date = new Date(Number(momentOfPvgis(file.file, row)) * 1000);
    const cell = (name: string) => row.cells[at(name)] ?? '';
    add(place, hours, hourKey(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours()), {
      global: cell('G(h)'),
      direct: cell('Gb(n)'),
      diffuse: cell('Gd(h)'),
      temperature: cell('T2m'),
    });
  }
  requireHours(file.file, hours);
  return weatherData(file.file, 'pvgis', { latitude, longitude, offsetSeconds: 0, hours }, [
    "a typical year's weather",
  ]);
}

function add(place: string, hours: Map<number, WeatherHour>, key: number, texts: Parameters<typeof readHour>[1]): void {
  if (hours.has(key)) throw badData(place, 'its hour stands in the file already', 'a typical year has each hour once');
  hours.set(key, readHour(place, texts));
}

function readWhole(place: string, text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw badData(place, `"${text.slice(0, 40)}" is not a month, day or hour`, 'EPW has year, month, day and hour first');
}

function requireDay(place: string, month: number, day: number, hour: number): void {
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2004, month, 0)).getUTCDate();
  if (isDay && hour >= 0 && hour <= 23) return;
  throw badData(place, `there is no hour ${hour + 1} of day ${day} in month ${month}`, 'hours go from 1 to 24');
}
