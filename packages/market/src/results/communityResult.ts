import type { Address, Hash } from '@wattchain/core';
import type { CommunityZone } from '../input/zone.js';
import type { Bill } from '../mechanism/common/bills.js';
import type { PriceFraction } from '../mechanism/common/price.js';
import type { CompanionName } from '../rules/companions.js';
import type { RuleName } from '../rules/ruleNames.js';
import type { BillLine } from '../tariff/billLines.js';
import type { IndicatorName } from './indicators.js';

/**
 * What a run of a community gives: the shape of `result.json`, in which whole numbers of money and energy are decimal texts. Money is
 * in 10^-18 of the currency, energy in mWh, times in seconds of meter time. It holds nothing measured: no clock, no path, no run time.
 */
export interface CommunityResult {
  readonly version: 1;
  readonly inputs: readonly InputFile[];
  readonly options: CommunityOptions;
  readonly community: CommunityFacts;
  readonly totals: CommunityTotals;
  /** In the order of `RULE_NAMES`; the baselines `feedIn` and `netMetering` are always among them. */
  readonly rules: readonly RuleResult[];
  /** Of the contracts that were played beside the rules, in the order of `COMPANION_NAMES`; missing where none was asked for. */
  readonly companions?: readonly CompanionResult[];
  /** Sentences for the reader: what is assumed, computed beside the chain, modelled. */
  readonly assumptions: readonly string[];
}

/** A contract that was played beside the rules, on a chain of its own. */
export interface CompanionResult {
  readonly name: CompanionName;
  readonly title: string;
  readonly company: string;
  readonly contract: { readonly name: string; readonly address: Address };
  readonly figures: readonly CompanionFigure[];
  readonly chain: ChainFigures;
  readonly notes: readonly string[];
}

/** What such a contract says at the end: `certificates issued`, 12. */
export interface CompanionFigure {
  readonly what: string;
  readonly value: bigint;
  /** Money is in units of the community's money. */
  readonly unit: 'mWh' | 'money' | 'wei' | 'number';
}

/** What part an input file has. */
export type InputRole = 'data' | 'tariff' | 'assets' | 'feeder' | 'params' | 'agents';

/** A file that the run read. The registry's first event holds the SHA-256 over all these hashes. */
export interface InputFile {
  /** Without its folder. */
  readonly file: string;
  /** 64 hex digits of its bytes. */
  readonly sha256: string;
  readonly role: InputRole;
  /** Of data: whose figures they are and what they count, where the command line said so. */
  readonly home?: string;
  readonly kind?: 'load' | 'pv';
}

/** What was asked, so that the run can be repeated. What was left out is missing. */
export interface CommunityOptions {
  readonly rules: readonly RuleName[];
  readonly with: readonly CompanionName[];
  readonly seed: number;
  /** `truthful`, `zi`, or `file`. */
  readonly agents: string;
  readonly gaps: 'refuse' | 'zero' | 'interpolate';
  /** First and last day, `YYYY-MM-DD`. */
  readonly from?: string;
  readonly to?: string;
  /** How files of data are to be understood, by the command line's names: `timeZone`, `resolution`, …; what was left out is missing. */
  readonly reading?: Readonly<Record<string, string>>;
  /** Numbers of the homes that keep their panels, from 1. */
  readonly pvHomes?: readonly number[];
  /** Price of `--feed-in`, currency per kWh as it was written: `0.05`. */
  readonly feedIn?: string;
  /** Whether the chains were mined by four nodes rather than made in one process. */
  readonly testbed?: true;
}

/** Who takes part, and when. */
export interface CommunityFacts {
  /** Names in the order of the bills. */
  readonly homes: readonly string[];
  /** Names of those that produce anything. */
  readonly producers: readonly string[];
  /** Accounts of the homes, in their order. */
  readonly accounts: readonly Address[];
  /** Upper case letters: `USD`. */
  readonly currency: string;
  readonly zone: CommunityZone;
  /** Start of the first period and end of the last one, meter time. */
  readonly fromSeconds: bigint;
  readonly toSeconds: bigint;
  /** Their dates on the community's clock, where the times have dates. */
  readonly fromDate?: string;
  readonly toDate?: string;
  readonly periodSeconds: bigint;
  readonly periods: number;
}

/** What the meters say of all homes together: the same under every rule. */
export interface CommunityTotals {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Used in the home that produced it, in the same period. */
  readonly ownUseMwh: bigint;
  /** Σ D and Σ S: needs and surpluses after own use. */
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
  /** Σ min(D, S): what could be traded at most. */
  readonly tradableMwh: bigint;
  /** At the community's connection, whatever bills say: Σ max(0, D − S), Σ max(0, S − D) and the largest of the first of one period. */
  readonly importedMwh: bigint;
  readonly exportedMwh: bigint;
  readonly peakImportMwh: bigint;
}

/** One rule's outcome. */
export interface RuleResult {
  readonly rule: RuleName;
  /** The company or scheme whose model it is. */
  readonly company: string;
  /** Its parameters with the values that held, as texts. */
  readonly params: Readonly<Record<string, string>>;
  /** The contract that settled it; missing where it is computed, and settled on no chain. */
  readonly contract?: { readonly name: string; readonly address: Address };
  /** In the order of the homes. */
  readonly bills: readonly HomeBill[];
  readonly periods: readonly PeriodResult[];
  readonly money: RuleMoney;
  readonly indicators: Indicators;
  readonly losers: { readonly againstFeedIn: readonly Loser[]; readonly againstNetMetering: readonly Loser[] };
  readonly chain?: ChainFigures;
  /** Σ (min(D, S) − traded): what could have been traded and was not. */
  readonly untradedMwh: bigint;
  /** Sentences on this rule alone: what was computed beside its chain, what stands in its place. */
  readonly notes: readonly string[];
}

/**
 * A home's bill under one rule over the whole span. `owner` is its account. Under `allowancePool` `paidToNeighbours` is what it paid to
 * the pool. What it pays in all is {@link homeTotal}.
 */
export interface HomeBill extends Bill {
  readonly home: string;
  readonly ownUseMwh: bigint;
  /** To the grid operator, for imported and for local energy. */
  readonly fees: bigint;
  /** Standing charges. */
  readonly charges: bigint;
  /** Given back by the community's fund or the pool's treasury. */
  readonly fromFund: bigint;
  /** With tiers and VAT, as one prints it in whole cents, where the tariff has them; no other figure counts them. */
  readonly printed?: readonly BillLine[];
  /** Coins of 1 mWh, under `mintPerKwh` alone. */
  readonly coins?: { readonly minted: bigint; readonly burned: bigint; readonly balance: bigint };
}

/** What a home pays in all: below 0 where it gets money. */
export function homeTotal(bill: Omit<HomeBill, 'home' | 'coins'>): bigint {
  const paid = bill.paidToNeighbours + bill.paidToSupplier + bill.fees + bill.charges;
  return paid - bill.gotFromNeighbours - bill.gotFromSupplier - bill.fromFund;
}

/**
 * Where the community's money went: Σ bills = `toSupplier` − `fromSupplier` + `toGrid` + `toFund`. Everything between neighbours cancels.
 */
export interface RuleMoney {
  readonly toSupplier: bigint;
  readonly fromSupplier: bigint;
  readonly toGrid: bigint;
  /** Kept by the community's fund or the pool's treasury; below 0 where it lost. */
  readonly toFund: bigint;
}

/** The community in one period under one rule. */
export interface PeriodResult {
  /** Meter time, seconds. */
  readonly start: bigint;
  /** `07:00`, as the community's clock shows its start, and the day, where the file's times have one. */
  readonly label: string;
  readonly date?: string;
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
  readonly tradedMwh: bigint;
  readonly importedMwh: bigint;
  readonly exportedMwh: bigint;
  /** What buyers paid for local energy. */
  readonly localAmount: bigint;
  /** Units for 150 Wh that all buyers paid and all sellers got; missing where nobody traded, or not all at one price. */
  readonly buyPrice?: PriceFraction;
  readonly sellPrice?: PriceFraction;
  /** The supplier's prices, units for 150 Wh. */
  readonly tariff: bigint;
  readonly feedIn: bigint;
  /** Hashes of the transactions that cleared and settled it. */
  readonly transactions: readonly Hash[];
}

/** Indicators as decimal texts, by name; missing where one has no value. What they mean: {@link INDICATORS}. */
export type Indicators = Readonly<Partial<Record<IndicatorName, string>>>;

/** A home that pays more than under a baseline. */
export interface Loser {
  readonly home: string;
  readonly before: bigint;
  readonly after: bigint;
  /** `after − before`, above 0. The largest loss stands first. */
  readonly lost: bigint;
}

/** What the rule's chain took. */
export interface ChainFigures {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly headHash: Hash;
  readonly blocks: number;
  readonly transactions: number;
  readonly gas: bigint;
  /** Of all headers and bodies. */
  readonly bytes: number;
  /** SHA-256 of the exported file of blocks, 64 hex digits. */
  readonly blocksSha256: string;
  /** Millijoules of the proof of work of a real network with so many blocks: modelled. */
  readonly millijoules: bigint;
  /** From the end of a period until it is settled and confirmed: modelled. */
  readonly secondsToConfirmation: bigint;
}
