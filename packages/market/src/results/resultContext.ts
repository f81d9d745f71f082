import type { MarketPeriods } from '../rules/marketPeriods.js';
import type { BilledHome, BillLine } from '../tariff/billLines.js';
import type { CommunityTotals, HomeBill } from './communityResult.js';

/** What all results of a run have in common. */
export interface ResultContext {
  readonly periods: MarketPeriods;
  /** Names of the homes. */
  readonly homes: readonly string[];
  /** Standing charges of the span by home, money units. */
  readonly charges: readonly bigint[];
  /** What prints a bill with tiers and VAT, where the tariff has them. */
  readonly print?: ((bill: BilledHome) => BillLine[]) | undefined;
  readonly totals: CommunityTotals;
  /** CO2 of the grid by period, 10^-18 kg/kWh; `undefined` where nothing is known. */
  readonly factors: readonly bigint[] | undefined;
}

/** The bills that others are compared with, in the order of the homes. */
export interface BaselineBills {
  readonly feedIn: readonly HomeBill[];
  readonly netMetering: readonly HomeBill[];
}
