/** Results of communities, computed by the market's rules; what a chain would have added is made up. */
import { readFileSync } from 'node:fs';
import type { Address, Hash } from '@wattchain/core';
import {
  type ChainFigures,
  type CommunityResult,
  type CommunitySeries,
  homeBills,
  MARKET_RULES,
  MarketPeriods,
  type PeriodPrices,
  paramsOf,
  parseSeries,
  type ResultContext,
  type RuleName,
  ruleResult,
  TRUTHFUL_AGENTS,
  totalsOfCommunity,
} from '@wattchain/market';

const WEEK = 'fontana_ca_17homes_week_2017-07-01_07.csv';
/** 0.05 $/kWh for 150 Wh. */
const FEED_IN = 75n * 10n ** 14n;
const SHA256 = 'ab'.repeat(32);

/** What a made-up community may have of its own. */
export interface SampleParts {
  readonly series: CommunitySeries;
  readonly prices: readonly PeriodPrices[];
  readonly factors?: readonly bigint[];
  /** All where it is left out. */
  readonly rules?: readonly RuleName[];
  /** Name of the file of data. */
  readonly file?: string;
  readonly charges?: readonly bigint[];
  readonly options?: Partial<CommunityResult['options']>;
}

/** A result by the rules, as a run would give it. */
export function sampleResult({
  series,
  prices,
  factors,
  rules,
  file = 'homes.csv',
  charges,
  options = {},
}: SampleParts): CommunityResult {
  const accounts = series.homes.map((_, home): Address => `0x${(home + 1).toString(16).padStart(40, '0')}`);
  const periods = new MarketPeriods(series, accounts, prices);
  const names = series.homes.map(({ name }) => name);
  const context: ResultContext = {
    periods,
    homes: names,
    charges: charges ?? names.map(() => 0n),
    totals: totalsOfCommunity(periods),
    factors,
  };
  const chosen = MARKET_RULES.filter(({ name }) => rules === undefined || rules.includes(name));
  const settled = chosen.map((rule) => {
    const params = paramsOf(rule);
    return { rule, params, outcome: rule.settle({ periods, agents: TRUTHFUL_AGENTS, params }) };
  });
  const billsOf = (name: RuleName) =>
    homeBills(
      context,
      MARKET_RULES.filter((rule) => rule.name === name).map((rule) =>
        rule.settle({ periods, agents: TRUTHFUL_AGENTS, params: {} }),
      )[0] ?? { bills: [], periods: [], supplier: { paid: 0n, got: 0n }, toFund: 0n },
    );
  const baselines = { feedIn: billsOf('feedIn'), netMetering: billsOf('netMetering') };
  const [first, last] = [series.periods[0], series.periods.at(-1)];
  return {
    version: 1,
    inputs: [{ file, sha256: SHA256, role: 'data' }],
    options: {
      rules: chosen.map(({ name }) => name),
      with: [],
      seed: 1,
      agents: 'truthful',
      gaps: 'refuse',
      ...options,
    },
    community: {
      homes: names,
      producers: series.homes.filter(({ producedMwh }) => producedMwh.some((mwh) => mwh > 0n)).map(({ name }) => name),
      accounts,
      currency: 'USD',
      zone: series.zone,
      fromSeconds: first?.start ?? 0n,
      toSeconds: (last?.start ?? 0n) + series.periodSeconds,
      ...(first?.date === undefined ? {} : { fromDate: first.date }),
      ...(last?.date === undefined ? {} : { toDate: last.date }),
      periodSeconds: series.periodSeconds,
      periods: series.periods.length,
    },
    totals: context.totals,
    rules: settled.map(({ rule, params, outcome }, index) =>
      ruleResult(context, baselines, {
        rule,
        params,
        outcome,
        chain:
          rule.contract === undefined
            ? undefined
            : {
                contract: { name: rule.contract, address: `0x${'c0'.repeat(20)}` },
                figures: chainFigures(index, series.periods.length),
                transactionsOf: (period) => [hashOf(1 + Math.floor(period / 24)), hashOf(1_000 + period)],
              },
        notes: [],
      }),
    ),
    assumptions: ['Agents are truthful: perfect foresight, limits at the tariff band.'],
  };
}

const hashOf = (number: number): Hash => `0x${number.toString(16).padStart(64, '0')}`;

function chainFigures(index: number, periods: number): ChainFigures {
  return {
    chainId: 20_260_000 + index,
    genesisHash: hashOf(7_000 + index),
    headHash: hashOf(9_000 + index),
    blocks: 3 * periods,
    transactions: 20 * periods,
    gas: BigInt(periods) * 400_000n * BigInt(index),
    bytes: 2_000 * periods,
    blocksSha256: hashOf(11),
    millijoules: BigInt(periods) * 1_234_567n,
    secondsToConfirmation: 195n,
  };
}

/** A community of so many hours; the energies are made from the numbers of home and hour. */
export function sampleSeries({
  names,
  hours,
  produces = (home) => home % 2 === 0,
  date = '2017-07-04',
}: {
  readonly names: readonly string[];
  readonly hours: number;
  readonly produces?: (home: number) => boolean;
  readonly date?: string;
}): CommunitySeries {
  const start = BigInt(Date.parse(`${date}T00:00:00Z`) / 1000);
  return {
    periodSeconds: 3_600n,
    periods: Array.from({ length: hours }, (_, hour) => {
      const seconds = start + BigInt(hour) * 3_600n;
      const text = new Date(Number(seconds) * 1000).toISOString();
      return { start: seconds, label: text.slice(11, 16), date: text.slice(0, 10) };
    }),
    homes: names.map((name, home) => ({
      name,
      producedMwh: Array.from({ length: hours }, (_, hour) =>
        produces(home) && hour % 24 > 6 && hour % 24 < 18 ? BigInt(2_500_000 + 1_000 * home) : 0n,
      ),
      consumedMwh: Array.from({ length: hours }, (_, hour) =>
        BigInt(400_000 + ((home * 37 + hour * 11) % 97) * 10_000),
      ),
    })),
    rates: [],
    emptyColumns: 0,
    zone: { kind: 'wall' },
  };
}

/** One price for all periods: 0.22 and 0.05 for a kilowatt-hour. */
export const flatPrices = (periods: number): PeriodPrices[] =>
  Array.from({ length: periods }, () => ({ tariff: 33n * 10n ** 15n, feedIn: FEED_IN, gridFee: 0n, localFee: 0n }));

/** The shipped week of seventeen homes under all rules; `pvHomes` are the numbers of those that keep their panels. */
export function fontanaResult(pvHomes?: readonly number[]): CommunityResult {
  const text = readFileSync(new URL(`../../market/data/${WEEK}`, import.meta.url), 'utf8');
  const series = parseSeries({ file: WEEK, text });
  const rate = (title: string) => series.rates.find((column) => column.title === title)?.values ?? [];
  const homes = series.homes.map((home, index) =>
    pvHomes === undefined || pvHomes.includes(index + 1)
      ? home
      : { ...home, producedMwh: home.producedMwh.map(() => 0n) },
  );
  return sampleResult({
    series: { ...series, homes },
    prices: rate('tariff_usd_per_kWh').map((value) => ({
      // 150 Wh are three twentieths of a kilowatt-hour.
      tariff: (value * 3n) / 20n,
      feedIn: FEED_IN,
      gridFee: 0n,
      localFee: 0n,
    })),
    factors: rate('grid_kgCO2_per_kWh'),
    file: WEEK,
    options: { feedIn: '0.05', ...(pvHomes === undefined ? {} : { pvHomes }) },
  });
}
