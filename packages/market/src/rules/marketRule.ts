import type { Address } from '@wattchain/core';
import type { Bill } from '../mechanism/common/bills.js';
import type { PriceFraction } from '../mechanism/common/price.js';
import type { Agents, MarketPeriods } from './marketPeriods.js';
import type { RuleName } from './ruleNames.js';

/** A rule's parameters as texts, by name. */
export type RuleParams = Readonly<Record<string, string>>;

/** What a rule promises; each is tested or has a counter-example (docs/market-rules.md). */
export interface RuleClaims {
  readonly budgetBalance: string;
  readonly individualRationality: string;
  readonly truthfulness: string;
  readonly independenceOfArrival: string;
}

/** What a rule is asked. */
export interface RuleInput {
  readonly periods: MarketPeriods;
  readonly agents: Agents;
  /** Every parameter of the rule. */
  readonly params: RuleParams;
}

/** A home's bill as a rule makes it, over the whole span. */
export interface RuleBill extends Bill {
  readonly fees: bigint;
  readonly fromFund: bigint;
  readonly coins?: { readonly minted: bigint; readonly burned: bigint; readonly balance: bigint };
}

/** The community in one period under a rule, mWh and money units. */
export interface RulePeriod {
  readonly tradedMwh: bigint;
  readonly importedMwh: bigint;
  readonly exportedMwh: bigint;
  /** What buyers paid for local energy. */
  readonly localAmount: bigint;
  /** Where all trade at one price. */
  readonly buyPrice?: PriceFraction | undefined;
  readonly sellPrice?: PriceFraction | undefined;
}

/** What a rule makes of a span. */
export interface RuleOutcome {
  /** In the order of the homes. */
  readonly bills: readonly RuleBill[];
  readonly periods: readonly RulePeriod[];
  /** What the community paid the supplier and got from it, where that is not the sum over the bills. */
  readonly supplier: { readonly paid: bigint; readonly got: bigint };
  /** What the fund or the treasury kept; below 0 where it lost. */
  readonly toFund: bigint;
}

/** A market rule as run, verification and reports use it. */
export interface MarketRule {
  readonly name: RuleName;
  readonly title: string;
  /** Whose model it is. */
  readonly company: string;
  /** The contract that settles it on a chain; `undefined` for today's bills. */
  readonly contract: string | undefined;
  readonly claims: RuleClaims;
  /** Values of all parameters where nobody says otherwise. */
  readonly defaults: RuleParams;
  /**
   * The outcome, computed without a chain.
   * @throws WattchainError `badRuleParams`, and what the mechanism refuses
   */
  settle(input: RuleInput): RuleOutcome;
}

/** A bill with nothing in it. */
export function emptyBill(owner: Address): RuleBill {
  return {
    owner,
    boughtMwh: 0n,
    soldMwh: 0n,
    importedMwh: 0n,
    exportedMwh: 0n,
    paidToNeighbours: 0n,
    gotFromNeighbours: 0n,
    paidToSupplier: 0n,
    gotFromSupplier: 0n,
    fees: 0n,
    fromFund: 0n,
  };
}
