import type { Bill, MemberPeriod } from '../common/bills.js';
import { type PriceBand, type PriceFraction, wholePrice } from '../common/price.js';
import { type PoolTotals, poolBills } from './localPool.js';

/**
 * The price of the supply-demand ratio r = S / D: λb · λs / ((λb − λs) · r + λs) = λb · λs · D / ((λb − λs) · S + λs · D) for r < 1, λs from
 * r = 1 on. It falls from the tariff λb without supply to the feed-in price λs.
 */
export function supplyDemandPrice({ needMwh, surplusMwh }: PoolTotals, { tariff, feedIn }: PriceBand): PriceFraction {
  if (surplusMwh >= needMwh) return wholePrice(feedIn);
  const denominator = (tariff - feedIn) * surplusMwh + feedIn * needMwh;
  // Without supply and with a feed-in price of 0 the ratio has no value; nobody sells at it.
  if (denominator === 0n) return wholePrice(tariff);
  return { numerator: tariff * feedIn * needMwh, denominator };
}

/**
 * Supply-demand ratio (Liu et al., *Energy-sharing model with price-based demand response*, 2017): neighbours trade all of min(D, S) at
 * {@link supplyDemandPrice}; what is missing comes at the tariff, so buyers pay the mean of both, and nothing is billed twice.
 *
 * Budget balance: yes. Individual rationality: yes, to three units of rounding. Truthfulness: nothing is stated but the meters.
 * Independence of arrival: yes.
 */
export function supplyDemandBills(period: MemberPeriod, band: PriceBand): Bill[] {
  return poolBills(period, band, (totals) => supplyDemandPrice(totals, band));
}
