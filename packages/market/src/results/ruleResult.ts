import type { Address } from '@wattchain/core';
import { sum } from '../mechanism/common/split.js';
import type { MarketPeriods } from '../rules/marketPeriods.js';
import type { MarketRule, RuleOutcome, RuleParams } from '../rules/marketRule.js';
import {
  type ChainFigures,
  type CommunityTotals,
  type HomeBill,
  homeTotal,
  type Loser,
  type PeriodResult,
  type RuleResult,
} from './communityResult.js';
import type { BaselineBills, ResultContext } from './resultContext.js';
import { indicatorsOf } from './ruleIndicators.js';

/** What a rule's chain did, where it has one. */
export interface SettledOnChain {
  readonly contract: { readonly name: string; readonly address: Address };
  readonly figures: ChainFigures;
  /** Hashes of the transactions of each period. */
  readonly transactionsOf: (period: number) => PeriodResult['transactions'];
}

/** What a result is made of. */
export interface RuleResultParts {
  readonly rule: MarketRule;
  readonly params: RuleParams;
  readonly outcome: RuleOutcome;
  readonly chain: SettledOnChain | undefined;
  readonly notes: readonly string[];
}

/** What the meters say of all homes together. */
export function totalsOfCommunity(periods: MarketPeriods): CommunityTotals {
  const totals = {
    producedMwh: 0n,
    consumedMwh: 0n,
    ownUseMwh: 0n,
    needMwh: 0n,
    surplusMwh: 0n,
    tradableMwh: 0n,
    importedMwh: 0n,
    exportedMwh: 0n,
    peakImportMwh: 0n,
  };
  for (const { index, members } of periods) {
    const need = sum(members.map(({ needMwh }) => needMwh));
    const surplus = sum(members.map(({ surplusMwh }) => surplusMwh));
    const consumed = sum(periods.series.homes.map(({ consumedMwh }) => consumedMwh[index] ?? 0n));
    const traded = need < surplus ? need : surplus;
    totals.consumedMwh += consumed;
    totals.producedMwh += consumed - need + surplus;
    totals.ownUseMwh += consumed - need;
    totals.needMwh += need;
    totals.surplusMwh += surplus;
    totals.tradableMwh += traded;
    totals.importedMwh += need - traded;
    totals.exportedMwh += surplus - traded;
    if (need - traded > totals.peakImportMwh) totals.peakImportMwh = need - traded;
  }
  return totals;
}

/** The bills of an outcome, with names, own use and standing charges. */
export function homeBills({ periods, homes, charges, print }: ResultContext, { bills }: RuleOutcome): HomeBill[] {
  return bills.map((bill, position) => {
    const { producedMwh = [], consumedMwh = [] } = periods.series.homes[position] ?? {};
    let ownUseMwh = 0n;
    producedMwh.forEach((produced, period) => {
      const consumed = consumedMwh[period] ?? 0n;
      ownUseMwh += produced < consumed ? produced : consumed;
    });
    const printed = print?.(bill);
    return {
      home: homes[position] ?? bill.owner,
      ...bill,
      ownUseMwh,
      charges: charges[position] ?? 0n,
      ...(printed === undefined ? {} : { printed }),
    };
  });
}

/** One rule's result. */
export function ruleResult(
  context: ResultContext,
  baselines: BaselineBills,
  { rule, params, outcome, chain, notes }: RuleResultParts,
): RuleResult {
  const bills = homeBills(context, outcome);
  const money = {
    toSupplier: outcome.supplier.paid + sum(bills.map(({ charges }) => charges)),
    fromSupplier: outcome.supplier.got,
    toGrid: sum(bills.map(({ fees }) => fees)),
    toFund: outcome.toFund,
  };
  const traded = sum(outcome.periods.map(({ tradedMwh }) => tradedMwh));
  return {
    rule: rule.name,
    company: rule.company,
    params,
    ...(chain === undefined ? {} : { contract: chain.contract }),
    bills,
    periods: periodResults(context, outcome, chain),
    money,
    indicators: indicatorsOf(context, baselines, bills, outcome, chain?.figures),
    losers: {
      againstFeedIn: losersOf(baselines.feedIn, bills),
      againstNetMetering: losersOf(baselines.netMetering, bills),
    },
    ...(chain === undefined ? {} : { chain: chain.figures }),
    untradedMwh: context.totals.tradableMwh - traded,
    notes,
  };
}

/** Those who pay more than under a baseline, the largest loss first. */
export function losersOf(before: readonly HomeBill[], after: readonly HomeBill[]): Loser[] {
  const losers = after.flatMap((bill, position): Loser[] => {
    const baseline = before[position];
    if (baseline === undefined) return [];
    const [was, is] = [homeTotal(baseline), homeTotal(bill)];
    return is > was ? [{ home: bill.home, before: was, after: is, lost: is - was }] : [];
  });
  return losers.sort((a, b) => (a.lost > b.lost ? -1 : a.lost < b.lost ? 1 : 0));
}

function periodResults(
  { periods }: ResultContext,
  outcome: RuleOutcome,
  chain: SettledOnChain | undefined,
): PeriodResult[] {
  return outcome.periods.map((period, index): PeriodResult => {
    const { start, label, date } = periods.described(index);
    const { needMwh, surplusMwh } = sidesOf(periods, index);
    const { tariff, feedIn } = periods.pricesAt(index);
    const { tradedMwh, importedMwh, exportedMwh, localAmount, buyPrice, sellPrice } = period;
    return {
      start,
      label,
      ...(date === undefined ? {} : { date }),
      needMwh,
      surplusMwh,
      tradedMwh,
      importedMwh,
      exportedMwh,
      localAmount,
      ...(buyPrice === undefined ? {} : { buyPrice }),
      ...(sellPrice === undefined ? {} : { sellPrice }),
      tariff,
      feedIn,
      transactions: chain?.transactionsOf(index) ?? [],
    };
  });
}

function sidesOf(periods: MarketPeriods, index: number) {
  const { members } = periods.at(index);
  return {
    needMwh: sum(members.map(({ needMwh }) => needMwh)),
    surplusMwh: sum(members.map(({ surplusMwh }) => surplusMwh)),
  };
}
