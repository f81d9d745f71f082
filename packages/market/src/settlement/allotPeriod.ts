import type { Settlement } from '../genesisRules.js';
import { type Allotment, allotTrade, type PeriodEnergy } from './allotTrade.js';

/** A trade of a period, as settlement sees it. */
export interface PeriodTrade {
  /** The meter that delivers. */
  readonly sellerMeter: string;
  /** The meter that takes; only where both meters count. */
  readonly buyerMeter: string;
  readonly energyMwh: bigint;
  /** Whether a bond pays for what is short. */
  readonly isBonded: boolean;
}

/**
 * What each trade of a period gets by {@link allotTrade}, in the order of `trades`, which is that of acceptance. Refunded trades are
 * among them, since they keep their place.
 * @param readings by meter; a meter that is not among them is silent
 */
export function allotPeriod(
  settlement: Settlement,
  trades: readonly PeriodTrade[],
  readings: ReadonlyMap<string, PeriodEnergy>,
): readonly Allotment[] {
  const [sold, bought, ahead, covered] = [new Sums(), new Sums(), new Sums(), new Sums()];
  for (const { sellerMeter, buyerMeter, energyMwh } of trades) {
    sold.add(sellerMeter, energyMwh);
    bought.add(buyerMeter, energyMwh);
  }
  return trades.map(({ sellerMeter, buyerMeter, energyMwh, isBonded }) => {
    const allotment = allotTrade(
      settlement,
      {
        energyMwh,
        aheadMwh: ahead.of(sellerMeter),
        soldMwh: sold.of(sellerMeter),
        boughtMwh: bought.of(buyerMeter),
        coveredMwh: covered.of(buyerMeter),
      },
      { sellers: readings.get(sellerMeter), buyers: readings.get(buyerMeter) },
    );
    ahead.add(sellerMeter, energyMwh);
    covered.add(buyerMeter, allotment.settledMwh + (isBonded ? allotment.shortMwh : 0n));
    return allotment;
  });
}

class Sums {
  readonly #sums = new Map<string, bigint>();

  of(meter: string): bigint {
    return this.#sums.get(meter) ?? 0n;
  }

  add(meter: string, energyMwh: bigint): void {
    this.#sums.set(meter, this.of(meter) + energyMwh);
  }
}
