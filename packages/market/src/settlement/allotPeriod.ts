import type { Settlement } from '../genesisRules.js';
import type { Allotment } from './payments.js';

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

/** What a meter shows for the period, milliwatt-hours. */
export interface PeriodEnergy {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/**
 * What each trade of a period gets, in the order of `trades`, which is that of acceptance; refunded trades are among them, since they
 * keep their place. A seller without a reading has delivered nothing. A buyer without one has imported all that it bought, and nothing
 * is short for it.
 *
 * - `sellerMeter`: the delivered energy goes to the seller's trades in order.
 * - `proRata`: each side's meter is shared among that side's trades, rounded down; the smaller of both shares settles.
 * - `firstCome`: each side's meter goes to that side's trades in order; the smaller of both settles. What settled or was paid for by a
 *   bond is used up of the buyer's side.
 */
export function allotPeriod(
  settlement: Settlement,
  trades: readonly PeriodTrade[],
  readings: ReadonlyMap<string, PeriodEnergy>,
): readonly Allotment[] {
  const sums = { sold: new Map<string, bigint>(), bought: new Map<string, bigint>() };
  for (const { sellerMeter, buyerMeter, energyMwh } of trades) {
    add(sums.sold, sellerMeter, energyMwh);
    add(sums.bought, buyerMeter, energyMwh);
  }
  const ahead = new Map<string, bigint>();
  const covered = new Map<string, bigint>();
  return trades.map(({ sellerMeter, buyerMeter, energyMwh, isBonded }) => {
    const delivered = surplus(readings.get(sellerMeter), 'producedMwh', 'consumedMwh');
    const buyers = settlement === 'sellerMeter' ? undefined : readings.get(buyerMeter);
    const given =
      settlement === 'proRata'
        ? shareOf(energyMwh, delivered, at(sums.sold, sellerMeter))
        : inOrder(energyMwh, delivered, at(ahead, sellerMeter));
    add(ahead, sellerMeter, energyMwh);
    const imported = surplus(buyers, 'consumedMwh', 'producedMwh');
    let needed = energyMwh;
    if (buyers !== undefined) {
      needed =
        settlement === 'proRata'
          ? shareOf(energyMwh, imported, at(sums.bought, buyerMeter))
          : inOrder(energyMwh, imported, at(covered, buyerMeter));
    }
    const settledMwh = smaller(given, needed);
    const isSilent = settlement !== 'sellerMeter' && buyers === undefined;
    const shortMwh = isSilent ? 0n : needed - settledMwh;
    add(covered, buyerMeter, isBonded ? settledMwh + shortMwh : settledMwh);
    return { settledMwh, shortMwh };
  });
}

/** A trade's share of what a meter shows: its energy in full when there is enough for all. */
function shareOf(energyMwh: bigint, all: bigint, sum: bigint): bigint {
  return (energyMwh * smaller(all, sum)) / sum;
}

/** What is left for a trade after those before it. */
function inOrder(energyMwh: bigint, all: bigint, ahead: bigint): bigint {
  return all > ahead ? smaller(energyMwh, all - ahead) : 0n;
}

function surplus(energy: PeriodEnergy | undefined, of: keyof PeriodEnergy, over: keyof PeriodEnergy): bigint {
  if (energy === undefined || energy[of] < energy[over]) return 0n;
  return energy[of] - energy[over];
}

const at = (sums: ReadonlyMap<string, bigint>, meter: string) => sums.get(meter) ?? 0n;
const add = (sums: Map<string, bigint>, meter: string, energy: bigint) => sums.set(meter, at(sums, meter) + energy);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
