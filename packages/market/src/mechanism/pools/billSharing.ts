import { type Address, assert } from '@wattchain/core';
import { type Bill, type MemberPeriod, splitAmount, sumBills, totalsOf } from '../common/bills.js';
import { amountAt, type PriceBand, requireBand, wholePrice } from '../common/price.js';
import { excess, sum } from '../common/split.js';
import { TieOrder } from '../common/ties.js';
import { poolBills } from './localPool.js';

/**
 * Bill sharing (Long et al. 2017): over a billing period the members pay what the community as a whole pays the supplier, each in the
 * proportion of its need, and get what it gets, each in the proportion of its surplus; energy between neighbours is free:
 * λb · Σ max(0, D − S) / Σ D a unit of need, λs · Σ max(0, S − D) / Σ S a unit of surplus. Called once for each tariff band of the
 * billing period, with the periods that have its prices; both totals are rounded down once and split by largest remainder, ties in the
 * order of the first period.
 *
 * Budget balance: yes. Individual rationality: no, an exporter may get less than the feed-in price. Truthfulness: nothing is stated but
 * the meters. Independence of arrival: yes.
 *
 * @param periods the same members in each
 */
export function sharedBills(periods: readonly MemberPeriod[], band: PriceBand): Bill[] {
  requireBand(band);
  const [first] = periods;
  if (first === undefined) return [];
  // Local energy is split period by period as in every pool; its price is nothing.
  const energies = sumBills(
    periods.map((period) => poolBills(period, { tariff: 0n, feedIn: 0n }, () => wholePrice(0n))),
  );
  const [needs, surpluses] = [new Map<Address, bigint>(), new Map<Address, bigint>()];
  for (const { members } of periods) {
    for (const { owner, needMwh, surplusMwh } of members) {
      needs.set(owner, (needs.get(owner) ?? 0n) + needMwh);
      surpluses.set(owner, (surpluses.get(owner) ?? 0n) + surplusMwh);
    }
  }
  assert(needs.size === first.members.length, 'a billing period has the same members throughout');
  const totals = periods.map(({ members }) => totalsOf(members));
  const imported = sum(totals.map(({ needMwh, surplusMwh }) => excess(needMwh, surplusMwh)));
  const exported = sum(totals.map(({ needMwh, surplusMwh }) => excess(surplusMwh, needMwh)));
  const ties = new TieOrder(first.periodStart);
  const weightsOf = (of: ReadonlyMap<Address, bigint>) => energies.map(({ owner }) => of.get(owner) ?? 0n);
  const paid = splitAmount(energies, weightsOf(needs), amountAt(imported, wholePrice(band.tariff)), ties);
  const got = splitAmount(energies, weightsOf(surpluses), amountAt(exported, wholePrice(band.feedIn)), ties);
  return energies.map((bill, index) => ({
    ...bill,
    paidToSupplier: paid[index] ?? 0n,
    gotFromSupplier: got[index] ?? 0n,
  }));
}
