import { existsSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import {
  DATA_FORMATS,
  type DataFormat,
  decodeText,
  FIGURE_UNITS,
  type FigureUnit,
  type GapRule,
  type ImportFile,
  type ImportOptions,
  PERIOD_LENGTHS,
  type TrackKind,
} from '@wattchain/market';
import { type Command, Option } from 'commander';
import { parseDuration } from '../commands/energyOptions.js';
import { readInputText } from '../inputFile.js';
import { parseTimeZone } from '../timeZone.js';
import { requireReadingRoom } from './readingRoom.js';

/** Longest file: ten million figures of thirteen characters. */
const MAX_FILE_BYTES = 130_000_000;
/** `anna=load.csv`, `anna:pv=roof.csv`; a path with a folder before the sign is a path. */
const NAMED = /^([^=/\\]{1,64}?)(?::(load|pv))?=(.+)$/;

/** What would act on a terminal instead of being read there. */
const CONTROL = /\p{Cc}|\p{Cf}/u;

/** How files of data are to be understood, as the command line says it, but for what a run keeps by itself. */
export interface ReadingOptions {
  readonly date?: string;
  readonly timeZone?: string;
  readonly format?: DataFormat;
  readonly unit?: FigureUnit;
  readonly dates?: 'dmy' | 'mdy';
  readonly stamps?: 'beginning' | 'ending';
  readonly figures?: 'periods' | 'registers';
  readonly resolution?: string;
}

/** With the days to take, and what gaps become. */
export interface DataOptions extends ReadingOptions {
  readonly from?: string;
  readonly to?: string;
  readonly gaps?: GapRule;
}

const READING_OPTIONS = [
  'date',
  'timeZone',
  'format',
  'unit',
  'dates',
  'stamps',
  'figures',
  'resolution',
] as const satisfies readonly (keyof ReadingOptions)[];

/** Those of a command's options that say how files are to be understood; `undefined` where none does. */
export function readingOf(options: ReadingOptions): Record<string, string> | undefined {
  const said = READING_OPTIONS.flatMap((name): [string, string][] => {
    const value = options[name];
    return value === undefined ? [] : [[name, value]];
  });
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/** Adds the options that say how files of data are to be understood. */
export function withDataOptions(command: Command): Command {
  return command
    .option('--from <day>', 'first day to take, such as 2024-07-01')
    .option('--to <day>', 'last day to take')
    .option('--date <day>', "the date of times that have none; CityLearn's first day")
    .option(
      '--time-zone <zone>',
      'the zone of times without an offset: Europe/Berlin, +01:00, or wall for the clock as written',
    )
    .addOption(
      new Option('--gaps <rule>', 'what periods without a figure become (default: refuse)').choices([
        'refuse',
        'zero',
        'interpolate',
      ]),
    )
    .addOption(
      new Option('--format <name>', 'the format of the files, which is told by their content otherwise').choices(
        DATA_FORMATS,
      ),
    )
    .addOption(new Option('--unit <unit>', 'the unit of columns whose titles name none').choices(FIGURE_UNITS))
    .addOption(new Option('--dates <order>', 'which number of 03/04/2024 is the day').choices(['dmy', 'mdy']))
    .addOption(
      new Option('--stamps <end>', 'which end of its period a time names, where its title does not say').choices([
        'beginning',
        'ending',
      ]),
    )
    .addOption(
      new Option('--figures <kind>', 'whether figures are those of each period, or a register that counts on').choices([
        'periods',
        'registers',
      ]),
    )
    .option('--resolution <duration>', 'add shorter periods up to these: 15m, 1h');
}

/** The options as the readers take them. Errors: `badZone`, `badDuration`, `badResolution`. */
export function importOptions(options: DataOptions): ImportOptions {
  const { from, to, date, timeZone, gaps, format, unit, dates, stamps, figures, resolution } = options;
  const resolutionSeconds = resolution === undefined ? undefined : parseDuration('--resolution', resolution);
  if (resolutionSeconds !== undefined && !PERIOD_LENGTHS.some((length) => length === resolutionSeconds))
    throw new WattchainError('badResolution', `--resolution is ${resolution}`, {
      values: { resolution },
      hint: 'periods are 1h, 30m, 15m, 10m, 5m or 1m',
    });
  return {
    from,
    to,
    date,
    clock: timeZone === undefined ? undefined : parseTimeZone('--time-zone', timeZone),
    gaps,
    format,
    unit,
    dates,
    stamps,
    figures,
    resolutionSeconds,
  };
}

/** What a word of the command line names: `FILE`, `HOME=FILE` or `HOME:pv=FILE`. Errors: `badData`. */
export function parseDataWord(word: string): { path: string; home?: string; kind?: TrackKind } {
  const [, home, kind, path] = (existsSync(word) ? null : NAMED.exec(word)) ?? [];
  if (home === undefined || path === undefined) return { path: word };
  if (home.includes(':') || CONTROL.test(home))
    throw badFile(JSON.stringify(word), 'it names no home', 'write FILE, HOME=FILE, HOME:load=FILE or HOME:pv=FILE');
  return { path, home, ...(kind === undefined ? {} : { kind: kind as TrackKind }) };
}

/** Reads the files that words name. Errors: `unreadableFile`, `badData`, `tooLittleMemory`. */
export function readDataFiles(words: readonly string[]): ImportFile[] {
  const files = words.map((word) => {
    const { path, ...whose } = parseDataWord(word);
    return { file: path, text: readInputText(path, MAX_FILE_BYTES, badFile, decodeText), ...whose };
  });
  requireReadingRoom(files);
  return files;
}

function badFile(file: string, what: string, hint: string): WattchainError {
  return new WattchainError('badData', `${file}: ${what}`, { values: { file }, hint });
}
