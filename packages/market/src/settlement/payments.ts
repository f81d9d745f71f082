import { amountOf, MWH_PER_TOKEN } from '../units.js';
import type { Allotment } from './allotTrade.js';

/** Prices of a trade, token units for 150 Wh. */
export interface TradePrices {
  readonly price: bigint;
  /** What the grid takes, as the offer has it. */
  readonly gridPrice: bigint;
}

/**
 * Token units that vouch for energy sold: for each milliwatt-hour what the grid takes beyond the price, rounded up. So the bond of a
 * whole is the sum of the bonds of its parts.
 */
export function bondOf(energyMwh: bigint, { price, gridPrice }: TradePrices): bigint {
  if (price >= gridPrice) return 0n;
  return energyMwh * ((gridPrice - price + MWH_PER_TOKEN - 1n) / MWH_PER_TOKEN);
}

/** Where the tokens of a trade go; all are token units. */
export interface Payments {
  /** To the seller, for what was settled. */
  readonly paid: bigint;
  /** To the buyer, out of its escrow. */
  readonly returned: bigint;
  /** To the buyer, out of the bond. */
  readonly compensation: bigint;
  /** To the seller, out of its bond. */
  readonly bondBack: bigint;
}

/**
 * How a trade is paid out. The compensation is what the grid takes for the short part beyond the trade's price, so that the buyer pays
 * for the settled and the short part together what both cost at the price, to the last unit.
 * @param bond token units that the seller put in for this trade, 0 where the market asks for none
 */
export function paymentsOf(energyMwh: bigint, prices: TradePrices, bond: bigint, allotment: Allotment): Payments {
  const { price, gridPrice } = prices;
  const { settledMwh, shortMwh } = allotment;
  const paid = amountOf(settledMwh, price);
  const beyond = amountOf(shortMwh, gridPrice) - (amountOf(settledMwh + shortMwh, price) - paid);
  const owed = beyond > 0n ? beyond : 0n;
  const compensation = owed < bond ? owed : bond;
  return { paid, returned: amountOf(energyMwh, price) - paid, compensation, bondBack: bond - compensation };
}
