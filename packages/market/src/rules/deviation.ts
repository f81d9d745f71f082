import { type Bill, billsOfRest, type LocalTrades } from '../mechanism/common/bills.js';
import { excess } from '../mechanism/common/split.js';
import type { MarketPeriod } from './marketPeriods.js';

/**
 * Bills where each home settles its own deviation with the supplier: what it needs and sold beyond what it has and bought it takes at the
 * tariff, what is left over goes at the feed-in price; who keeps to its trades is untouched by others. Of homes that trade no more than
 * their meters show these are the bills of `billsWithSupplier`.
 * @param local what each member bought and sold, in the order of the members
 */
export function billsOfDeviation(period: MarketPeriod, local: readonly LocalTrades[]): Bill[] {
  const needed = period.members.map(({ needMwh }, home) => needMwh + (local[home]?.soldMwh ?? 0n));
  const had = period.members.map(({ surplusMwh }, home) => surplusMwh + (local[home]?.boughtMwh ?? 0n));
  const imports = needed.map((mwh, home) => excess(mwh, had[home] ?? 0n));
  const exports = had.map((mwh, home) => excess(mwh, needed[home] ?? 0n));
  return billsOfRest(period, local, { imports, exports }, period.prices);
}
