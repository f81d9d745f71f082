import { readHeader, readTable } from '../input/table.js';
import { looksLikeDayFile } from '../profile/columns.js';
import { type CommunitySeries, MAX_SERIES_FILE_CHARACTERS, SERIES_LIMITS } from '../profile/parseSeries.js';
import { assemble, type SeriesGap } from './assemble.js';
import { badData } from './badData.js';
import { type CityLearnBuilding, isCityLearnHeader, readCityLearn, readCityLearnSchema } from './cityLearn.js';
import { DATA_FORMATS, type DataFile, type DataFormat, type ImportFile, type ImportOptions } from './dataFile.js';
import { readDayFile } from './dayFile.js';
import { readGsyProfile, readLemlabSeries } from './fixedLayouts.js';
import { readGreenButton } from './greenButton.js';
import { hasMeterHeader, meterFormatOf, readMeterCsv } from './meterCsv.js';
import { readP1Telegrams } from './p1Telegrams.js';
import { panelProduction } from './panels.js';
import { readEpw, readPvgis } from './weatherFiles.js';

/** A community as files tell it. */
export interface ImportedCommunity {
  readonly series: CommunitySeries;
  /** Files in the order in which they were given, and what was assumed, changed and left out of each. */
  readonly files: readonly {
    readonly file: string;
    readonly format: DataFormat | 'citylearn-schema';
    readonly notes: readonly string[];
  }[];
  /** What no file says; it has become what `gaps` asks for. */
  readonly gaps: readonly SeriesGap[];
  /** What was assumed of all files together. */
  readonly notes: readonly string[];
}

/** Most files. */
const MAX_FILES = 1_000;
/** So far into a file its format shows itself: two of the longest lines. */
const HEAD_CHARACTERS = 160_000;

/**
 * Reads a community out of files of any of the formats (`docs/community-data.md`), each told by its content unless the options name one.
 * Errors: `badData`, `badDayFile` with file, line, column and unit; `gapInData`.
 */
export function readCommunity(files: readonly ImportFile[], options: ImportOptions = {}): ImportedCommunity {
  if (files.length === 0) throw badData('the data', 'no file is given', 'name the files of the homes');
  if (files.length > MAX_FILES)
    throw badData('the data', `there are ${files.length} files`, `the limit is ${MAX_FILES}`);
  const schemas = files.filter(isSchema);
  const buildings = new Map<string, CityLearnBuilding>();
  for (const schema of schemas) for (const [csv, building] of readCityLearnSchema(schema)) buildings.set(csv, building);
  const read = files.map((file) => (schemas.includes(file) ? undefined : readDataFile(file, options, buildings)));
  const data = read.filter((file) => file !== undefined);
  const { series, gaps, notes } = assemble(
    data.filter(({ weather }) => weather === undefined),
    options,
  );
  const withPanels = addPanels(series, data, options);
  return {
    series: withPanels.series,
    files: files.map(({ file }, index) => ({
      file,
      format: read[index]?.format ?? 'citylearn-schema',
      notes: read[index]?.notes ?? [
        `buildings: ${[...buildings.values()]
          .map(({ name }) => name)
          .join(', ')
          .slice(0, 400)}`,
      ],
    })),
    gaps,
    notes: [...notes, ...withPanels.notes],
  };
}

const isSchema = ({ text }: ImportFile) =>
  /^\s*\{/.test(text.slice(0, 100)) && text.includes('"buildings"') && text.includes('"energy_simulation"');

/** Which format a file has, by its content. Errors: `badData` where it is none. */
export function detectFormat(file: ImportFile): DataFormat {
  const head = file.text
    .slice(0, HEAD_CHARACTERS)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^LOCATION,/.test(head)) return 'epw';
  if (/^Latitude \(decimal degrees\)/.test(head)) return 'pvgis';
  if (/^<[?!a-z]/i.test(head)) return xmlFormat(file, head);
  if (/^\/[A-Z]{3}\d/i.test(head)) return 'p1';
  if (/^[{[]/.test(head))
    throw badData(file.file, 'it is JSON, and none of the formats', 'docs/community-data.md lists them');
  const titles = readHeader(file.file, file.text, badData).cells;
  if (titles.length === 0) throw badData(file.file, 'it is empty', 'its first line names the columns');
  if (isCityLearnHeader(titles)) return 'citylearn';
  if (/^interval$/i.test(titles[0] ?? '') && titles.length === 2) return 'gsy-e';
  if (titles.join(',') === 'timestamp,power') return 'lemlab';
  if (looksLikeDayFile(titles)) return 'day';
  // The last line may be cut in two.
  const whole =
    head.length < HEAD_CHARACTERS / 2 ? file.text : file.text.slice(0, HEAD_CHARACTERS).replace(/\n[^\n]*$/, '');
  const { header, rows } = readTable(file.file, whole, badData, SERIES_LIMITS.mostInLine);
  const lines = [header, ...rows];
  if (hasMeterHeader(lines)) return meterFormatOf(lines);
  // The reader of exports says best what is missing.
  return 'meter';
}

function xmlFormat({ file, text }: ImportFile, head: string): DataFormat {
  if (/^<(!doctype html|html)/i.test(head))
    throw badData(
      file,
      'it is a web page (HTML)',
      'download the file itself; a page often comes where one must sign in',
    );
  if (/naesb\.org\/espi|IntervalReading|IntervalBlock/i.test(text)) return 'green-button';
  throw badData(file, 'it is XML, and not Green Button (ESPI)', 'docs/community-data.md lists the formats');
}

function readDataFile(
  file: ImportFile,
  options: ImportOptions,
  buildings: ReadonlyMap<string, CityLearnBuilding>,
): DataFile {
  if (file.text.length > MAX_SERIES_FILE_CHARACTERS)
    throw badData(
      file.file,
      `it has ${file.text.length} characters`,
      `the limit is ${MAX_SERIES_FILE_CHARACTERS}: split it`,
    );
  const zero = file.text.indexOf('\0');
  if (zero >= 0) throw badData(file.file, `it is no text: character ${zero + 1} is zero`, 'save it as UTF-8');
  const format = options.format ?? detectFormat(file);
  switch (format) {
    case 'day':
      return readDayFile(file, options);
    case 'green-button':
      return readGreenButton(file, options);
    case 'p1':
      return /^\s*\//.test(file.text) ? readP1Telegrams(file, options) : readMeterCsv(file, options, 'p1');
    case 'gsy-e':
      return readGsyProfile(file, options);
    case 'lemlab':
      return readLemlabSeries(file, options);
    case 'citylearn':
      return readCityLearn(file, options, buildings);
    case 'pvgis':
      return readPvgis(file);
    case 'epw':
      return readEpw(file);
    case 'meter':
    case 'green-button-csv':
      return readMeterCsv(file, options, format);
    default:
      throw badData(
        file.file,
        `there is no format "${String(format).slice(0, 40)}"`,
        `the formats are ${DATA_FORMATS.join(', ')}`,
      );
  }
}

/** Adds what panels produce in the weather that one of the files tells. */
function addPanels(
  series: CommunitySeries,
  files: readonly DataFile[],
  { panels = [] }: ImportOptions,
): { readonly series: CommunitySeries; readonly notes: readonly string[] } {
  const found = files.filter(({ weather }) => weather !== undefined);
  const [first, second] = found;
  if (first?.weather === undefined && panels.length === 0) return { series, notes: [] };
  if (first?.weather === undefined)
    throw badData('panels', 'no file holds weather', "give a typical year's weather too: an EPW file, or PVGIS's");
  if (second !== undefined) throw badData(second.file, `${first.file} holds weather too`, 'give one weather file');
  if (panels.length === 0)
    throw badData(
      first.file,
      'it holds weather, and nothing says which homes have panels',
      'list panels in an assets file: --assets FILE',
    );
  if (series.periods[0]?.date === undefined)
    throw badData(
      first.file,
      "the periods have no date, and the sun's place depends on it",
      'say which day it is: --date 2024-07-04',
    );
  const { weather } = first;
  // Meter time of the wall clock as written is taken as the weather's standard time.
  const isWall = series.zone.kind === 'wall';
  const starts = series.periods.map(({ start }) => start - (isWall ? BigInt(weather.offsetSeconds) : 0n));
  const names = new Set(series.homes.map(({ name }) => name));
  const stray = panels.find(({ home }) => !names.has(home));
  if (stray !== undefined)
    throw badData(
      'panels',
      `there is no home called ${stray.home.slice(0, 64)}`,
      `homes are ${[...names].join(', ').slice(0, 400)}`,
    );
  const homes = series.homes.map((home) => {
    const own = panels.filter(({ home: name }) => name === home.name);
    if (own.length === 0) return home;
    if (home.producedMwh.some((energy) => energy > 0n))
      throw badData(
        'panels',
        `${home.name} has production in the data already`,
        'leave its panels or its production out',
      );
    const roofs = own.map((roof) => panelProduction(weather, roof, starts, series.periodSeconds));
    return {
      ...home,
      producedMwh: starts.map((_, index) => roofs.reduce((total, roof) => total + (roof[index] ?? 0n), 0n)),
    };
  });
  const wall = isWall
    ? "; no zone is named, so the clock is taken as the weather's standard time, an hour off in summer: name it with --time-zone"
    : '';
  return {
    series: { ...series, homes },
    notes: [
      `the production of ${panels
        .map(({ home }) => home)
        .join(', ')
        .slice(0, 400)} is modelled from the weather in ${first.file}${wall}`,
    ],
  };
}
