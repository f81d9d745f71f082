import type { CommunityClock, CommunityZone } from '../input/zone.js';
import type { RateColumn } from '../profile/parseSeries.js';
import type { Panels } from './panels.js';
import type { WeatherFile } from './weather.js';

/** Formats that are read, as `--format` names them. */
export const DATA_FORMATS = [
  'day',
  'meter',
  'green-button',
  'green-button-csv',
  'p1',
  'gsy-e',
  'lemlab',
  'citylearn',
  'pvgis',
  'epw',
] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

/** What a figure of a home counts: what it takes, or what its panels make. A meter's import and export stand in their places. */
export type TrackKind = 'load' | 'pv';

/** A file that a person gave. */
export interface ImportFile {
  /** Its name, for errors. */
  readonly file: string;
  readonly text: string;
  /** Whose figures it holds, where the file itself does not say; its own name otherwise. */
  readonly home?: string | undefined;
  /** What they count, where the file does not say. */
  readonly kind?: TrackKind | undefined;
}

/** What becomes of periods without a figure: an error, nothing used and produced, or the line between the neighbours. */
export type GapRule = 'refuse' | 'zero' | 'interpolate';

/** How files are to be understood, where a person says so. */
export interface ImportOptions {
  /** Of all files; told by their content where it is left out. */
  readonly format?: DataFormat | undefined;
  /** The community's clock: times without an offset are by it. */
  readonly clock?: CommunityClock | undefined;
  /** `YYYY-MM-DD`: the date of times that have none, and the first day of rows that have only month and hour. */
  readonly date?: string | undefined;
  /** First and last day to take. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `refuse` where it is left out. */
  readonly gaps?: GapRule | undefined;
  /** Shorter periods are added up to these. */
  readonly resolutionSeconds?: bigint | undefined;
  /** Unit of columns whose titles name none. */
  readonly unit?: FigureUnit | undefined;
  /** Which number of `03/04/2024` is the day. */
  readonly dates?: 'dmy' | 'mdy' | undefined;
  /** Which end of its period a time names, where the title does not say. */
  readonly stamps?: 'beginning' | 'ending' | undefined;
  /** Whether figures are those of each period or a register that counts on, where the title does not say. */
  readonly figures?: 'periods' | 'registers' | undefined;
  /** Panels whose production is computed from a weather file. */
  readonly panels?: readonly Panels[] | undefined;
}

/** Units of figures; powers are averages over their period. */
export const FIGURE_UNITS = ['kWh', 'Wh', 'mWh', 'kW', 'W'] as const;
export type FigureUnit = (typeof FIGURE_UNITS)[number];

/** Periods without a figure. */
export interface TrackGap {
  /** First and one after last, meter time. */
  readonly start: bigint;
  readonly end: bigint;
  /** What the periods have together, where a register went on counting. */
  readonly energyMwh?: bigint | undefined;
}

/** Figures of one home in one file. */
export interface Track {
  readonly home: string;
  readonly kind: TrackKind;
  /** As many as the file has starts; `undefined` where the file has no figure. */
  readonly energies: readonly (bigint | undefined)[];
  /** Gaps of which more is known than that they are there. */
  readonly bridged: readonly TrackGap[];
}

/** A file as it was read. */
export interface DataFile {
  readonly file: string;
  readonly format: DataFormat;
  /** Starts of its periods, meter time, rising; none of a weather file. */
  readonly starts: readonly bigint[];
  /** End of the last period, where it is later than a period after the last start. */
  readonly until?: bigint | undefined;
  /** Where each stands: lines of the file. */
  readonly lines: readonly number[];
  readonly periodSeconds: bigint;
  readonly tracks: readonly Track[];
  readonly rates: readonly RateColumn[];
  readonly zone: CommunityZone;
  /** Whether its times have dates. */
  readonly isDated: boolean;
  /** What was assumed, changed and left out, in sentences. */
  readonly notes: readonly string[];
  readonly weather?: WeatherFile | undefined;
}

/** Lengths that a period may have, seconds. */
export const PERIOD_LENGTHS = [3_600n, 1_800n, 900n, 600n, 300n, 60n] as const;
export const LENGTH_NAMES = 'hours, half hours, quarters of an hour, ten minutes, five minutes or minutes';

/** Longest name of a home. */
const MAX_NAME_CHARACTERS = 64;

/** The home of a file that names none: what the person says, else the file's name without folder and ending. */
export function homeOf({ file, home }: ImportFile): string {
  if (home !== undefined) return home;
  const base = file.replace(/^.*[/\\]/, '').replace(/(?!^)\.[A-Za-z0-9]+$/, '');
  return base.slice(0, MAX_NAME_CHARACTERS);
}
