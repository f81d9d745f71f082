import { type Address, WattchainError } from '@wattchain/core';
import {
  type Agents,
  type CommunityFacts,
  type CommunityOptions,
  type CommunitySeries,
  type InputFile,
  MarketPeriods,
  type PeriodPrices,
  type ResultContext,
  type RuleName,
  type RuleParams,
  totalsOfCommunity,
} from '@wattchain/market';
import type { ChainAccount } from './chain.js';
import { Derivation, inputsDigest } from './derive.js';

/** What a run is made from, after the files are read: nothing of it depends on where they lie or when they are read. */
export interface CommunityInputs {
  readonly files: readonly InputFile[];
  readonly options: CommunityOptions;
  readonly series: CommunitySeries;
  readonly prices: readonly PeriodPrices[];
  /** Standing charges by home over the span, money units. */
  readonly charges: readonly bigint[];
  /** What prints a bill with tiers and VAT, where the tariff has them. */
  readonly print?: ResultContext['print'];
  readonly currency: string;
  /** CO2 of the grid by period, 10^-18 kg/kWh. */
  readonly factors: readonly bigint[] | undefined;
  readonly agents: Agents;
  readonly params: ReadonlyMap<RuleName, RuleParams>;
  /** What the reader of the result must know of how the inputs were understood. */
  readonly notes: readonly string[];
}

/** A community that is ready to run. */
export interface PreparedCommunity {
  readonly inputs: CommunityInputs;
  readonly periods: MarketPeriods;
  readonly agents: Agents;
  readonly context: ResultContext;
  readonly facts: CommunityFacts;
  readonly derivation: Derivation;
  /** Accounts of the homes, in their order. */
  readonly homes: readonly ChainAccount[];
  /** 32 bytes over the input files' hashes. */
  readonly digest: Uint8Array;
}

/** Least homes of a community. */
const LEAST_HOMES = 2;

/**
 * Gives every home an account and puts the periods together with their prices.
 * @throws WattchainError `badCommunity`
 */
export function prepareCommunity(inputs: CommunityInputs): PreparedCommunity {
  const { files, options, series, prices, charges, print, currency, factors } = inputs;
  const names = series.homes.map(({ name }) => name);
  if (names.length < LEAST_HOMES)
    throw new WattchainError('badCommunity', `the data has ${names.length === 1 ? 'one home' : 'no home'}`, {
      values: { homes: names.length },
      hint: 'a community has two homes or more',
    });
  const digest = inputsDigest(files);
  const { seed, agents, gaps, from, to, pvHomes, feedIn } = options;
  const derivation = new Derivation(digest, JSON.stringify([seed, agents, gaps, from, to, pvHomes, feedIn]));
  const homes = names.map((_, position) => derivation.account(`home ${position + 1}`));
  const owners = homes.map(({ address }) => address);
  const periods = new MarketPeriods(series, owners, prices);
  return {
    inputs,
    periods,
    agents: inputs.agents,
    context: { periods, homes: names, charges, print, totals: totalsOfCommunity(periods), factors },
    facts: factsOf(series, owners, currency),
    derivation,
    homes,
    digest,
  };
}

function factsOf(series: CommunitySeries, accounts: readonly Address[], currency: string): CommunityFacts {
  const { periods, homes, zone, periodSeconds } = series;
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined)
    throw new WattchainError('badCommunity', 'the data has no period', { hint: 'give a file with readings' });
  return {
    homes: homes.map(({ name }) => name),
    producers: homes.filter(({ producedMwh }) => producedMwh.some((mwh) => mwh > 0n)).map(({ name }) => name),
    accounts,
    currency,
    zone,
    fromSeconds: first.start,
    toSeconds: last.start + periodSeconds,
    ...(first.date === undefined ? {} : { fromDate: first.date }),
    ...(last.date === undefined ? {} : { toDate: last.date }),
    periodSeconds,
    periods: periods.length,
  };
}
