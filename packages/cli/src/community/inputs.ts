import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { WattchainError } from '@wattchain/core';
import {
  type Agents,
  type CommunityOptions,
  type CommunitySeries,
  type InputFile,
  type InputRole,
  MAX_SERIES_FILE_CHARACTERS,
  type PeriodPrices,
  parseAgentOrders,
  parseRuleParams,
  parseSeries,
  parseTokens,
  readText,
  TRUTHFUL_AGENTS,
  ziAgents,
} from '@wattchain/market';
import { readInputFile } from '../inputFile.js';
import type { CommunityInputs } from './prepare.js';

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
  readonly params?: string;
  readonly agents?: string;
}

/** Reads one file. Errors: `unreadableFile`, `badInputFile`. */
export function readCommunityFile(path: string, role: InputRole): ReadFile {
  const file = basename(path);
  const bytes = readInputFile(path, MAX_SERIES_FILE_CHARACTERS);
  if (bytes === undefined)
    throw new WattchainError('badInputFile', `${file} has more than ${MAX_SERIES_FILE_CHARACTERS} bytes`, {
      values: { file },
      hint: 'split it by time',
    });
  const { value: text, fault } = readText(bytes);
  if (fault !== undefined)
    throw new WattchainError('badInputFile', `${file}: ${fault.what}`, { values: { file }, hint: fault.hint });
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), role, bytes, text };
}

/** Reads all files of a run, the data first. Errors: those of reading, `badInputFile` where two have one name. */
export function readCommunityFiles(paths: InputPaths): ReadFile[] {
  const others = (['tariff', 'assets', 'params', 'agents'] as const).flatMap((role) => {
    const path = paths[role];
    return path === undefined ? [] : [readCommunityFile(path, role)];
  });
  const files = [...paths.data.map((path) => readCommunityFile(path, 'data')), ...others];
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
  const only = (role: InputRole) => files.find((file) => file.role === role);
  const data = files.filter(({ role }) => role === 'data');
  const series = withPanels(readSeries(data, options), options.pvHomes);
  const params = only('params');
  return {
    files: files.map(({ file, sha256, role }) => ({ file, sha256, role })),
    options,
    series,
    ...pricesOf(series, options),
    charges: series.homes.map(() => 0n),
    factors: factorsOf(series),
    agents: agentsOf(options, series, only('agents')),
    params: params === undefined ? new Map() : parseRuleParams(params.file, params.text),
    notes: [],
  };
}

function readSeries(data: readonly ReadFile[], { from, to }: CommunityOptions): CommunitySeries {
  const [file, ...more] = data;
  if (file === undefined || more.length > 0)
    throw new WattchainError('badInputFile', `${data.length} files of data are given`, { hint: 'give one' });
  return parseSeries({
    file: file.file,
    text: file.text,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
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

/** Prices by period from a column of the data and `--feed-in`. */
function pricesOf(
  series: CommunitySeries,
  { feedIn }: CommunityOptions,
): { readonly prices: PeriodPrices[]; readonly currency: string } {
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
  const feedInPrice = forTokenEnergy(parseTokens(feedIn));
  return {
    prices: tariff.values.map((value) => ({
      tariff: forTokenEnergy(value),
      feedIn: feedInPrice,
      gridFee: 0n,
      localFee: 0n,
    })),
    currency: CURRENCY_IN_TITLE.exec(tariff.title)?.[1]?.toUpperCase() ?? UNNAMED_CURRENCY,
  };
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
