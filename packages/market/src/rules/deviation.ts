import { type Bill, type LocalTrades, splitAmount } from '../mechanism/common/bills.js';
import { amountAt, wholePrice } from '../mechanism/common/price.js';
import { excess, sum } from '../mechanism/common/split.js';
import { TieOrder } from '../mechanism/common/ties.js';
import type { MarketPeriod } from './marketPeriods.js';

/**
 * Bills where each home settles its own deviation with the supplier: what it needs and sold beyond what it has and bought it takes at the
 * tariff, what is left over goes at the feed-in price; who keeps to its trades is untouched by others. Of homes that trade no more than
 * their meters show these are the bills of `billsWithSupplier`.
 * @param local what each member bought and sold, in the order of the members
 */
export function billsOfDeviation(
  { periodStart, members, prices }: MarketPeriod,
  local: readonly LocalTrades[],
): Bill[] {
  const ties = new TieOrder(periodStart);
  const needed = members.map(({ needMwh }, home) => needMwh + (local[home]?.soldMwh ?? 0n));
  const had = members.map(({ surplusMwh }, home) => surplusMwh + (local[home]?.boughtMwh ?? 0n));
  const imports = needed.map((mwh, home) => excess(mwh, had[home] ?? 0n));
  const exports = had.map((mwh, home) => excess(mwh, needed[home] ?? 0n));
  const paid = splitAmount(members, imports, amountAt(sum(imports), wholePrice(prices.tariff)), ties);
  const got = splitAmount(members, exports, amountAt(sum(exports), wholePrice(prices.feedIn)), ties);
  return members.map(({ owner }, home) => {
    const { boughtMwh = 0n, soldMwh = 0n, paidToNeighbours = 0n, gotFromNeighbours = 0n } = local[home] ?? {};
    return {
      owner,
      boughtMwh,
      soldMwh,
      importedMwh: imports[home] ?? 0n,
      exportedMwh: exports[home] ?? 0n,
      paidToNeighbours,
      gotFromNeighbours,
      paidToSupplier: paid[home] ?? 0n,
      gotFromSupplier: got[home] ?? 0n,
    };
  });
}
