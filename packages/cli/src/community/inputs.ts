import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { WattchainError } from '@wattchain/core';
import {
  type Agents,
  type Assets,
  billPrinter,
  type CommunityClock,
  type CommunityOptions,
  type CommunitySeries,
  communityClock,
  decodeText,
  dispatch,
  feedThrough,
  type ImportedCommunity,
  type InputFile,
  type InputRole,
  MAX_SERIES_FILE_CHARACTERS,
  type PeriodPrices,
  parseAgentOrders,
  parseAssets,
  parseFeeder,
  parseRuleParams,
  parseTariff,
  parseTokens,
  readCommunity,
  standingCharges,
  type Tariff,
  TRUTHFUL_AGENTS,
  tariffPrices,
  ziAgents,
} from '@wattchain/market';
import { readInputFile } from '../inputFile.js';
import { namedOffset } from '../timeZone.js';
import { importOptions, parseDataWord, type ReadingOptions } from './data.js';
import { askPowerSystem, isProgram } from './powerSystem.js';
import type { CommunityInputs } from './prepare.js';
import { requireReadingRoom } from './readingRoom.js';

/** A file as it was read. */
export interface ReadFile extends InputFile {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Files by what part they have. */
export interface InputPaths {
  readonly data: readonly string[];
  readonly tariff?: string;
  readonly assets?: string;
  /** A file, or a program's address. */
  readonly feeder?: string;
  readonly params?: string;
  readonly agents?: string;
}

/** Reads one file, of data with whose it is. Errors: `unreadableFile`, `badInputFile`. */
export function readCommunityFile(
  path: string,
  role: InputRole,
  whose: Pick<InputFile, 'home' | 'kind'> = {},
): ReadFile {
  const file = basename(path);
  const bytes = readInputFile(path, MAX_SERIES_FILE_CHARACTERS);
  if (bytes === undefined)
    throw new WattchainError('badInputFile', `${file} has more than ${MAX_SERIES_FILE_CHARACTERS} bytes`, {
      values: { file },
      hint: 'split it by time',
    });
  const { value: text, fault } = decodeText(bytes);
  if (fault !== undefined)
    throw new WattchainError('badInputFile', `${file}: ${fault.what}`, { values: { file }, hint: fault.hint });
  return { file, sha256: hashOf(bytes), role, ...whose, bytes, text };
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** What a program's answer is called among the inputs. */
const ANSWER_FILE = 'feeder.json';

/** What a run is made from, with the files as they were read. */
export interface ReadInputs {
  readonly files: readonly ReadFile[];
  readonly inputs: CommunityInputs;
}

/**
 * Reads all files of a run and puts together what they say; a program that answers for the feeder is asked about what meters show then.
 * Errors: those of reading and understanding, `badFeeder`.
 */
export async function readInputs({ feeder, ...paths }: InputPaths, options: CommunityOptions): Promise<ReadInputs> {
  if (feeder === undefined || !isProgram(feeder)) {
    const files = readCommunityFiles(feeder === undefined ? paths : { ...paths, feeder });
    return { files, inputs: understandInputs(files, options) };
  }
  const read = readCommunityFiles(paths);
  const text = await askPowerSystem(feeder, understandInputs(read, options).series);
  const bytes = new TextEncoder().encode(text);
  // An input like the others from here on, so that the run can be repeated and verified without the program.
  const files = requireNames([...read, { file: ANSWER_FILE, sha256: hashOf(bytes), role: 'feeder', bytes, text }]);
  return { files, inputs: understandInputs(files, options) };
}

/** Reads all files of a run, the data first. Errors: those of reading, `badInputFile` where two have one name. */
export function readCommunityFiles(paths: InputPaths): ReadFile[] {
  const others = (['tariff', 'assets', 'feeder', 'params', 'agents'] as const).flatMap((role) => {
    const path = paths[role];
    return path === undefined ? [] : [readCommunityFile(path, role)];
  });
  const data = paths.data.map((word) => {
    const { path, ...whose } = parseDataWord(word);
    return readCommunityFile(path, 'data', whose);
  });
  return requireNames([...data, ...others]);
}

function requireNames(files: ReadFile[]): ReadFile[] {
  const twice = files.find(({ file }, index) => files.findIndex((other) => other.file === file) !== index);
  if (twice === undefined) return files;
  throw new WattchainError('badInputFile', `two files are called ${twice.file}`, {
    values: { file: twice.file },
    hint: 'results name files without their folders: rename one',
  });
}

/**
 * What the files and options say, put together. Pure: the same bytes and options give the same inputs.
 * @throws WattchainError with file, line and column
 */
export function understandInputs(files: readonly ReadFile[], options: CommunityOptions): CommunityInputs {
  const { from, to } = options;
  if (from !== undefined && to !== undefined && from > to)
    throw new WattchainError('badSpan', `--from ${from} is after --to ${to}`, {
      values: { from, to },
      hint: 'both are days that are taken, such as --from 2017-07-01 --to 2017-07-07',
    });
  const only = (role: InputRole) => files.find((file) => file.role === role);
  const [tariffFile, assetsFile, feederFile, params] = [only('tariff'), only('assets'), only('feeder'), only('params')];
  const tariff = tariffFile === undefined ? undefined : parseTariff(tariffFile.file, tariffFile.text);
  const assets = assetsFile === undefined ? undefined : parseAssets(assetsFile.file, assetsFile.text);
  const imported = readSeries(
    files.filter(({ role }) => role === 'data'),
    options,
    assets,
  );
  const metered = withPanels(imported.series, options.pvHomes);
  const clock = communityClock(metered.zone, namedOffset);
  const { prices, currency, charge } = pricesOf(metered, options, tariff, clock);
  const dispatched = assets === undefined ? undefined : dispatch(metered, assets, prices);
  const behind = dispatched?.series ?? metered;
  const fed = feederFile && feedThrough(behind, parseFeeder(feederFile.file, feederFile.text));
  const series = fed?.series ?? behind;
  return {
    files: files.map(({ file, sha256, role, home, kind }) => ({
      file,
      sha256,
      role,
      ...(home === undefined ? {} : { home }),
      ...(kind === undefined ? {} : { kind }),
    })),
    options,
    series,
    prices,
    currency,
    charges: series.homes.map(() => charge),
    print: tariff === undefined ? undefined : billPrinter(tariff, series),
    factors: factorsOf(series),
    agents: agentsOf(options, series, only('agents')),
    params: params === undefined ? new Map() : parseRuleParams(params.file, params.text),
    notes: [
      ...notesOf(imported, options),
      ...(tariff?.notes ?? []),
      ...(dispatched?.notes ?? []),
      ...(fed?.notes ?? []),
    ],
  };
}

/** Reads the files of data, with the production of panels that the assets list. */
function readSeries(
  data: readonly ReadFile[],
  options: CommunityOptions,
  assets: Assets | undefined,
): ImportedCommunity {
  const { from, to, gaps, reading } = options;
  requireReadingRoom(data);
  return readCommunity(data, {
    ...importOptions({
      ...(reading as ReadingOptions | undefined),
      gaps,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }),
    panels: assets?.panels,
  });
}

/** What was assumed, and how much of the figures nobody measured. */
function notesOf({ files, gaps, notes }: ImportedCommunity, options: CommunityOptions): string[] {
  const periods = gaps.reduce((total, gap) => total + gap.periods, 0);
  const filled = options.gaps === 'zero' ? '0' : 'the line between their neighbours';
  return [
    ...files.flatMap(({ file, notes: own }) => own.map((note) => `${file}: ${note}`)),
    ...notes,
    ...(gaps.length === 0 ? [] : [`${gaps.length} gaps of ${periods} periods in the readings became ${filled}`]),
  ];
}

/** The homes of which the panels are taken away produce nothing. */
function withPanels(series: CommunitySeries, pvHomes: readonly number[] | undefined): CommunitySeries {
  if (pvHomes === undefined) return series;
  const none = pvHomes.find((number) => number > series.homes.length);
  if (none !== undefined)
    throw new WattchainError('badPvHomes', `--pv-homes names home ${none}, the data has ${series.homes.length} homes`, {
      values: { home: none, homes: series.homes.length },
      hint: 'homes are counted from 1 in the order of the file',
    });
  return {
    ...series,
    homes: series.homes.map((home, position) =>
      pvHomes.includes(position + 1) ? home : { ...home, producedMwh: home.producedMwh.map(() => 0n) },
    ),
  };
}

const CURRENCY_IN_TITLE = /^tariff_([a-z]{3})_per_kwh$/i;
/** Where a column does not say its currency. */
const UNNAMED_CURRENCY = 'USD';

/** What the supplier and the grid operator ask for. */
interface Prices {
  readonly prices: PeriodPrices[];
  readonly currency: string;
  /** Standing charges of a home over the span, money units. */
  readonly charge: bigint;
}

/** Prices by period: of a tariff, or of a column of the data and `--feed-in`. */
function pricesOf(
  series: CommunitySeries,
  options: CommunityOptions,
  tariff: Tariff | undefined,
  clock: CommunityClock,
): Prices {
  if (tariff === undefined) return columnPrices(series, options);
  if (options.feedIn !== undefined)
    throw new WattchainError('badFeedIn', 'the tariff says what the supplier pays for energy, and so does --feed-in', {
      values: { tariff: tariff.file, feedIn: options.feedIn },
      hint: 'leave one of them out',
    });
  return {
    prices: tariffPrices(tariff, series, clock),
    currency: tariff.currency,
    charge: standingCharges(tariff, series),
  };
}

function columnPrices(series: CommunitySeries, { feedIn }: CommunityOptions): Prices {
  const tariff = series.rates.find(({ title }) => /^tariff_.*_per_kwh$/i.test(title));
  if (tariff === undefined)
    throw new WattchainError('noTariff', 'the data has no column tariff_…_per_kWh', {
      values: { columns: series.rates.map(({ title }) => title) },
      hint: 'give the tariff with --tariff FILE, or add such a column',
    });
  if (feedIn === undefined)
    throw new WattchainError('noTariff', 'nobody says what the supplier pays for energy', {
      hint: 'give it with --feed-in, such as --feed-in 0.05, or with --tariff FILE',
    });
  const feedInPrice = forTokenEnergy(parsePrice(feedIn));
  return {
    prices: tariff.values.map((value) => ({
      tariff: forTokenEnergy(value),
      feedIn: feedInPrice,
      gridFee: 0n,
      localFee: 0n,
    })),
    currency: CURRENCY_IN_TITLE.exec(tariff.title)?.[1]?.toUpperCase() ?? UNNAMED_CURRENCY,
    charge: 0n,
  };
}

/** `--feed-in`, in 10^-18 of the currency. Errors: `badFeedIn`. */
function parsePrice(feedIn: string): bigint {
  try {
    return parseTokens(feedIn);
  } catch (cause) {
    if (!(cause instanceof WattchainError)) throw cause;
    throw new WattchainError('badFeedIn', `--feed-in is "${feedIn.slice(0, 80)}", not the price of a kilowatt-hour`, {
      values: { feedIn },
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      cause,
    });
  }
}

/** 150 Wh are three twentieths of a kilowatt-hour. */
const forTokenEnergy = (perKwh: bigint) => (perKwh * 3n) / 20n;

const FACTOR_TITLE = /(kg|g)_?co2e?_per_kwh$/i;
const GRAMS_PER_KG = 1_000n;

function factorsOf({ rates }: CommunitySeries): readonly bigint[] | undefined {
  const column = rates.find(({ title }) => FACTOR_TITLE.test(title));
  if (column === undefined) return undefined;
  const isGrams = FACTOR_TITLE.exec(column.title)?.[1]?.toLowerCase() === 'g';
  return isGrams ? column.values.map((value) => value / GRAMS_PER_KG) : column.values;
}

function agentsOf({ agents, seed }: CommunityOptions, series: CommunitySeries, file: ReadFile | undefined): Agents {
  if (file !== undefined) return parseAgentOrders({ file: file.file, text: file.text, series });
  return agents === 'zi' ? ziAgents(seed) : TRUTHFUL_AGENTS;
}
