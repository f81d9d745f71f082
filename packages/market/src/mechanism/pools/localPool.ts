import { type Bill, type MemberPeriod, requireMembers, splitAmount, totalsOf } from '../common/bills.js';
import { amountAt, type PriceBand, type PriceFraction, requireBand, wholePrice } from '../common/price.js';
import { excess, smaller } from '../common/split.js';
import { TieOrder } from '../common/ties.js';

/** Needs and surpluses of a pool's members together, mWh. */
export interface PoolTotals {
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
}

/**
 * The bills of a pool that trades all of min(D, S) at one local price, D and S being the members' needs and surpluses: the local money
 * is computed once, rounded down, and split on each side by need and by surplus; the rest of the longer side is bought from or sold to
 * the supplier for all its members together, computed once and split in the same way. So every member of a side has the same mean price,
 * to three units of rounding. Energies are split like the money, by largest remainder.
 */
export function poolBills(
  { periodStart, members }: MemberPeriod,
  band: PriceBand,
  localPrice: (totals: PoolTotals) => PriceFraction,
): Bill[] {
  requireBand(band);
  requireMembers(members);
  const ties = new TieOrder(periodStart);
  const totals = totalsOf(members);
  const { needMwh, surplusMwh } = totals;
  const localMwh = smaller(needMwh, surplusMwh);
  const local = localMwh === 0n ? 0n : amountAt(localMwh, localPrice(totals));
  const imported = amountAt(excess(needMwh, surplusMwh), wholePrice(band.tariff));
  const exported = amountAt(excess(surplusMwh, needMwh), wholePrice(band.feedIn));
  const needs = members.map((member) => member.needMwh);
  const surpluses = members.map((member) => member.surplusMwh);
  const ofNeeds = (total: bigint) => splitAmount(members, needs, total, ties);
  const ofSurpluses = (total: bigint) => splitAmount(members, surpluses, total, ties);
  const [bought, paid, toSupplier] = [ofNeeds(localMwh), ofNeeds(local), ofNeeds(imported)];
  const [sold, got, fromSupplier] = [ofSurpluses(localMwh), ofSurpluses(local), ofSurpluses(exported)];
  return members.map(({ owner }, index) => ({
    owner,
    boughtMwh: bought[index] ?? 0n,
    soldMwh: sold[index] ?? 0n,
    importedMwh: (needs[index] ?? 0n) - (bought[index] ?? 0n),
    exportedMwh: (surpluses[index] ?? 0n) - (sold[index] ?? 0n),
    paidToNeighbours: paid[index] ?? 0n,
    gotFromNeighbours: got[index] ?? 0n,
    paidToSupplier: toSupplier[index] ?? 0n,
    gotFromSupplier: fromSupplier[index] ?? 0n,
  }));
}
