import { assert, type Hash } from '@wattchain/core';
import {
  type CommunityResult,
  homeTotal,
  type MarketRule,
  marketRuleOf,
  type RuleName,
  type RuleResult,
} from '@wattchain/market';
import { RULE_TEXTS, type RuleText } from './ruleTexts.js';

/** A rule's outcome with what is known of the rule, and sums that many tables need. */
export interface RuleView {
  readonly result: RuleResult;
  readonly rule: MarketRule;
  readonly text: RuleText;
  /** One of today's bills, and no market. */
  readonly isBaseline: boolean;
  /** What each home pays, in the order of the homes. */
  readonly totals: readonly bigint[];
  /** Their sum. */
  readonly cost: bigint;
  /** What leaves the community for the supplier and the grid operator: all bills less what the fund keeps. */
  readonly spent: bigint;
  /** What each home saves against the feed-in tariff; below 0 where it pays more. */
  readonly saved: readonly bigint[];
  readonly savedByProducers: bigint;
  readonly savedByOthers: bigint;
  readonly boughtMwh: bigint;
  readonly soldMwh: bigint;
  readonly importedMwh: bigint;
  readonly exportedMwh: bigint;
  /** The transactions that cleared and settled it, each once, in their order. */
  readonly transactions: readonly Hash[];
}

/** A result as reports read it. */
export interface ReportView {
  readonly result: CommunityResult;
  readonly rules: readonly RuleView[];
  /** The rules that are markets. */
  readonly markets: readonly RuleView[];
  readonly feedIn: RuleView;
  readonly netMetering: RuleView;
  readonly currency: string;
  /** Whether each home produces anything. */
  readonly produces: readonly boolean[];
}

/** Makes the sums of a result once. */
export function viewOf(result: CommunityResult): ReportView {
  const { homes, producers, currency } = result.community;
  const producing = new Set(producers);
  const produces = homes.map((home) => producing.has(home));
  const baseline = resultOf(result, 'feedIn').bills.map(homeTotal);
  const rules = result.rules.map((each) => ruleView(each, baseline, produces));
  const found = (name: RuleName) => {
    const view = rules.find((each) => each.result.rule === name);
    assert(view !== undefined, `a result has the baseline ${name}`);
    return view;
  };
  return {
    result,
    rules,
    markets: rules.filter(({ isBaseline }) => !isBaseline),
    feedIn: found('feedIn'),
    netMetering: found('netMetering'),
    currency,
    produces,
  };
}

function resultOf(result: CommunityResult, name: RuleName): RuleResult {
  const found = result.rules.find(({ rule }) => rule === name);
  assert(found !== undefined, `a result has the baseline ${name}`);
  return found;
}

function ruleView(result: RuleResult, baseline: readonly bigint[], produces: readonly boolean[]): RuleView {
  const totals = result.bills.map(homeTotal);
  const saved = totals.map((total, home) => (baseline[home] ?? 0n) - total);
  const sumOf = (of: (bill: RuleResult['bills'][number]) => bigint) =>
    result.bills.reduce((sum, bill) => sum + of(bill), 0n);
  const rule = marketRuleOf(result.rule);
  return {
    result,
    rule,
    text: RULE_TEXTS[result.rule],
    isBaseline: rule.contract === undefined,
    totals,
    cost: sum(totals),
    spent: sum(totals) - result.money.toFund,
    saved,
    savedByProducers: sum(saved.filter((_, home) => produces[home] === true)),
    savedByOthers: sum(saved.filter((_, home) => produces[home] !== true)),
    boughtMwh: sumOf(({ boughtMwh }) => boughtMwh),
    soldMwh: sumOf(({ soldMwh }) => soldMwh),
    importedMwh: sumOf(({ importedMwh }) => importedMwh),
    exportedMwh: sumOf(({ exportedMwh }) => exportedMwh),
    transactions: transactionsOf(result),
  };
}

function transactionsOf({ periods }: RuleResult): Hash[] {
  const hashes = new Set<Hash>();
  for (const { transactions } of periods) for (const hash of transactions) hashes.add(hash);
  return [...hashes];
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

/** Homes in words: `1 home`, `17 homes`. */
export const countHomes = (count: number) => `${count} home${count === 1 ? '' : 's'}`;

const PERIOD_WORDS: Readonly<Record<string, string>> = {
  '3600': 'hour',
  '1800': 'half hour',
  '900': 'quarter of an hour',
  '300': 'five minutes',
  '60': 'minute',
};
/** What a period is called. */
export const periodWord = (seconds: bigint) => PERIOD_WORDS[seconds.toString()] ?? `${seconds} s`;

/** The days of a result; a result of a file without dates has none. */
export function spanOf({ community }: CommunityResult): string {
  const { fromDate, toDate, periods, periodSeconds } = community;
  if (fromDate === undefined) return `${periods} periods of ${periodWord(periodSeconds)}, without a date`;
  return toDate === undefined || toDate === fromDate ? fromDate : `${fromDate} to ${toDate}`;
}
