import { WattchainError } from '@wattchain/core';
import {
  type Bill,
  billsWithSupplier,
  type MemberPeriod,
  requireMembers,
  splitAmount,
  totalsOf,
} from '../common/bills.js';
import { amountAt, type PriceBand, type PriceFraction, requireBand } from '../common/price.js';
import { smaller, sum } from '../common/split.js';
import { TieOrder } from '../common/ties.js';

/**
 * Collective self-consumption with fixed coefficients (Spain, France, Austria's static allocation): member j is allotted β_j of the
 * pool's surplus, whatever it needs, takes min(β_j · S, need) of it, and what it does not take goes into the grid at the feed-in price. Local
 * energy has one agreed price. β_j · S is split in whole mWh by largest remainder; local money is computed once, rounded down, paid by
 * what was taken and received by surplus.
 *
 * Budget balance: yes, with less than min(D, S) traded. Individual rationality: yes, to three units of rounding and one mWh, for a local price from
 * the feed-in price to the tariff. Truthfulness: nothing is stated but the meters. Independence of arrival: yes.
 *
 * @param coefficients whole numbers in the order of the members; β_j is j's part of their sum
 * @throws WattchainError `badCoefficients`
 */
export function staticCoefficientBills(
  period: MemberPeriod,
  band: PriceBand,
  localPrice: PriceFraction,
  coefficients: readonly bigint[],
): Bill[] {
  const { members } = period;
  const isComplete = coefficients.length === members.length && coefficients.every((share) => share >= 0n);
  if (isComplete && sum(coefficients) > 0n) return billsByCoefficients(period, band, localPrice, coefficients);
  throw new WattchainError('badCoefficients', `${coefficients.length} coefficients for ${members.length} members`, {
    values: { coefficients, members: members.length },
    hint: 'each member has one, none is below 0, and their sum is not 0',
  });
}

/**
 * Collective self-consumption with coefficients that follow the needs of each period (France's and Austria's dynamic allocation):
 * β_j = need_j / D, otherwise as {@link staticCoefficientBills}. All of min(D, S) is traded.
 *
 * Budget balance: yes. Individual rationality: yes, to three units of rounding and one mWh, for a local price from the feed-in price to the tariff.
 * Truthfulness: nothing is stated but the meters. Independence of arrival: yes.
 */
export function dynamicCoefficientBills(period: MemberPeriod, band: PriceBand, localPrice: PriceFraction): Bill[] {
  const needs = period.members.map(({ needMwh }) => needMwh);
  return billsByCoefficients(period, band, localPrice, needs);
}

function billsByCoefficients(
  period: MemberPeriod,
  band: PriceBand,
  localPrice: PriceFraction,
  coefficients: readonly bigint[],
): Bill[] {
  requireBand(band);
  const { members, periodStart } = period;
  requireMembers(members);
  const ties = new TieOrder(periodStart);
  const { surplusMwh } = totalsOf(members);
  const allotted = splitAmount(members, coefficients, sum(coefficients) === 0n ? 0n : surplusMwh, ties);
  const bought = members.map(({ needMwh }, index) => smaller(needMwh, allotted[index] ?? 0n));
  const local = amountAt(sum(bought), localPrice);
  const surpluses = members.map((member) => member.surplusMwh);
  const sold = splitAmount(members, surpluses, sum(bought), ties);
  const paid = splitAmount(members, bought, local, ties);
  const got = splitAmount(members, surpluses, local, ties);
  return billsWithSupplier(
    period,
    members.map((_, index) => ({
      boughtMwh: bought[index] ?? 0n,
      soldMwh: sold[index] ?? 0n,
      paidToNeighbours: paid[index] ?? 0n,
      gotFromNeighbours: got[index] ?? 0n,
    })),
    band,
  );
}
