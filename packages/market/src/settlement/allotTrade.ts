import type { Settlement } from '../genesisRules.js';

/** What the meters gave a trade, milliwatt-hours. */
export interface Allotment {
  readonly settledMwh: bigint;
  /** What the buyer's side could have taken and the seller's did not give. */
  readonly shortMwh: bigint;
}

/** What a meter shows for a period, milliwatt-hours. */
export interface PeriodEnergy {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/** A trade and its place among those of the same period, milliwatt-hours. All that was ever accepted counts. */
export interface TradePlace {
  readonly energyMwh: bigint;
  /** Of the seller's meter, sold before this trade, and in all. */
  readonly aheadMwh: bigint;
  readonly soldMwh: bigint;
  /** By the buyer's meter, in all. */
  readonly boughtMwh: bigint;
  /** Of what the buyer's meter bought before this trade: settled, or paid for by a bond. */
  readonly coveredMwh: bigint;
}

/** The readings of both sides; `undefined` where there is none. */
export interface TradeReadings {
  readonly sellers: PeriodEnergy | undefined;
  /** Not looked at where only the seller's meter counts. */
  readonly buyers: PeriodEnergy | undefined;
}

/**
 * What a trade gets: the smaller of what both sides' meters give it, rounded down.
 *
 * - `sellerMeter`: what the seller's meter delivered beyond what was sold before; the buyer's side gives all of it.
 * - `proRata`: each side's meter is shared among all trades of that side.
 * - `firstCome`: each side's meter goes to the trades of that side in order.
 *
 * A seller without a reading has delivered nothing. A buyer without one has imported all that it bought, and nothing is short for it.
 */
export function allotTrade(settlement: Settlement, place: TradePlace, { sellers, buyers }: TradeReadings): Allotment {
  const { energyMwh, aheadMwh, soldMwh, boughtMwh, coveredMwh } = place;
  const delivered = sellers === undefined ? 0n : excess(sellers.producedMwh, sellers.consumedMwh);
  const inOrder = smaller(energyMwh, excess(delivered, aheadMwh));
  if (settlement === 'sellerMeter') return { settledMwh: inOrder, shortMwh: energyMwh - inOrder };

  const given = settlement === 'proRata' ? shareOf(energyMwh, delivered, soldMwh) : inOrder;
  if (buyers === undefined) return { settledMwh: given, shortMwh: 0n };
  const imported = excess(buyers.consumedMwh, buyers.producedMwh);
  const needed =
    settlement === 'proRata'
      ? shareOf(energyMwh, imported, boughtMwh)
      : smaller(energyMwh, excess(imported, coveredMwh));
  const settledMwh = smaller(given, needed);
  return { settledMwh, shortMwh: needed - settledMwh };
}

/** A trade's share of what a meter shows: its energy in full when there is enough for all. */
const shareOf = (energyMwh: bigint, all: bigint, sum: bigint) => (energyMwh * smaller(all, sum)) / sum;
const excess = (a: bigint, b: bigint) => (a > b ? a - b : 0n);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
