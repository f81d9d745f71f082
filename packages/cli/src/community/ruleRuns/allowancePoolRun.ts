import { type AllowanceTerms, allowanceTerms } from '@wattchain/market';
import { BLOCK_GAS, type CommunityChain } from '../chain.js';
import { endOf } from './community.js';
import { CommunityMarketRun } from './communityMarketRun.js';
import type { RuleRunContext } from './ruleRun.js';

/** Gas of a member and period, at most. */
const PERIOD_GAS = 6_000;

/** A pool with allowances: one accounting period, which is the span. */
export class AllowancePoolRun extends CommunityMarketRun {
  readonly #terms: AllowanceTerms;

  constructor(context: RuleRunContext) {
    const terms = allowanceTerms(context.community.periods, context.params);
    super(context, 'AllowancePool', [
      { price: terms.price, cashBackPrice: terms.cashBackPrice, forecastMwh: terms.forecastMwh },
      terms.contracts.map(({ allowanceMwh }) => allowanceMwh),
      [endOf(context.community, context.community.periods.length - 1)],
    ]);
    this.#terms = terms;
  }

  protected async settle(chain: CommunityChain, first: number, count: number): Promise<void> {
    await this.settlePeriods(chain, first, count, PERIOD_GAS);
  }

  /** The supplier closes the accounting period: homes pay what is beyond their allowances, and get cash back and service income. */
  protected override async afterPeriods(chain: CommunityChain, next: number): Promise<void> {
    if (next < this.context.community.periods.length) return;
    const { contracts, serviceIncome } = this.#terms;
    const called = contracts.map(({ calledMwh }) => calledMwh);
    chain.send(this.context.roles.supplier, this.market, 'close', [called, serviceIncome], BLOCK_GAS);
    await chain.seal(0n);
  }
}
