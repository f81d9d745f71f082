import { type Address, assert } from '@wattchain/core';
import { MWH_PER_TOKEN } from '../units.js';
import type { Bill, Member } from './common/bills.js';
import type { PriceBand } from './common/price.js';
import { excess, smaller } from './common/split.js';

/**
 * Today's bills, to compare with: a home alone with its supplier. The totals of a bill are computed once over the billing period, from
 * `Σ mWh · price`, and rounded down.
 */

/** A home's energies in a period and the supplier's prices in it. */
export interface BaselinePeriod extends Pick<Member, 'needMwh' | 'surplusMwh'> {
  readonly band: PriceBand;
}

/** Feed-in tariff: every need at the period's tariff, every surplus at its feed-in price. */
export function feedInBill(owner: Address, periods: Iterable<BaselinePeriod>): Bill {
  return billOf(
    owner,
    priced(periods, ({ feedIn }) => feedIn),
  );
}

/** Net metering: the meter runs backwards, so a surplus is worth the tariff of its period. What a bill falls below 0 is paid out. */
export function netMeteringBill(owner: Address, periods: Iterable<BaselinePeriod>): Bill {
  return billOf(
    owner,
    priced(periods, ({ tariff }) => tariff),
  );
}

/**
 * Time of use: a meter with a register for each price band runs backwards within it, so over the billing period a surplus makes up for a
 * need of the same band only; what a register is above 0 is paid at the band's tariff, what it is below at its feed-in price.
 */
export function timeOfUseBill(owner: Address, periods: Iterable<BaselinePeriod>): Bill {
  const registers = new Map<string, { needMwh: bigint; surplusMwh: bigint; cost: bigint; credit: bigint }>();
  for (const { needMwh, surplusMwh, band } of periods) {
    const key = `${band.tariff} ${band.feedIn}`;
    const register = registers.get(key) ?? { needMwh: 0n, surplusMwh: 0n, cost: band.tariff, credit: band.feedIn };
    register.needMwh += needMwh;
    register.surplusMwh += surplusMwh;
    registers.set(key, register);
  }
  return billOf(
    owner,
    [...registers.values()].map((register) => {
      const both = smaller(register.needMwh, register.surplusMwh);
      return {
        ...register,
        needMwh: excess(register.needMwh, both),
        surplusMwh: excess(register.surplusMwh, both),
      };
    }),
  );
}

interface PricedEnergies {
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
  readonly cost: bigint;
  readonly credit: bigint;
}

/** Needs at the tariff, surpluses at what the band gives for them. */
function* priced(periods: Iterable<BaselinePeriod>, creditOf: (band: PriceBand) => bigint): Iterable<PricedEnergies> {
  for (const { needMwh, surplusMwh, band } of periods)
    yield { needMwh, surplusMwh, cost: band.tariff, credit: creditOf(band) };
}

function billOf(owner: Address, energies: Iterable<PricedEnergies>): Bill {
  let [importedMwh, exportedMwh, paid, got] = [0n, 0n, 0n, 0n];
  for (const { needMwh, surplusMwh, cost, credit } of energies) {
    assert(needMwh >= 0n && surplusMwh >= 0n, 'energies are 0 or more');
    importedMwh += needMwh;
    exportedMwh += surplusMwh;
    paid += needMwh * cost;
    got += surplusMwh * credit;
  }
  return {
    owner,
    boughtMwh: 0n,
    soldMwh: 0n,
    importedMwh,
    exportedMwh,
    paidToNeighbours: 0n,
    gotFromNeighbours: 0n,
    paidToSupplier: paid / MWH_PER_TOKEN,
    gotFromSupplier: got / MWH_PER_TOKEN,
  };
}
