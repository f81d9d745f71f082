import { clearAt, emptyClearing } from '../common/fills.js';
import { type Clearing, type Order, type OrderSheet, requireOrders } from '../common/orders.js';
import { energyInPairs, pairOrders } from '../common/pairs.js';
import { middleOf, type PriceFraction } from '../common/price.js';
import { splitByLargestRemainder, sum } from '../common/split.js';
import type { TieOrder } from '../common/ties.js';

/** A uniform clearing. */
export interface UniformClearing extends Clearing {
  /** What everybody trades at; `undefined` when nobody does. */
  readonly price: PriceFraction | undefined;
}

/**
 * Call auction at one price (k-double auction, k = 1/2; Brooklyn Microgrid / TransActive Grid): bids from the dearest and asks from the
 * cheapest meet while the bid is not below the ask; with b* the lowest bid price and s* the highest ask price that trade, everybody trades
 * at p = (b* + s*) / 2. Orders better than b* and s* are filled; those at them share what is left pro rata, by largest remainder.
 *
 * Energy in mWh, prices in units for 150 Wh. The total is `floor(Q · (b* + s*) / 300000)`, split on each side by energy.
 *
 * Budget balance: yes. Individual rationality: yes, to one unit of rounding. Truthfulness: no. Independence of arrival: yes.
 */
export function clearUniform(sheet: OrderSheet): UniformClearing {
  requireOrders(sheet);
  const { bids, asks } = sheet;
  const { ties, pairs } = pairOrders(sheet);
  const marginal = pairs.at(-1);
  if (marginal === undefined) return { ...emptyClearing(sheet), price: undefined };
  const [bidPrice, askPrice] = [(bids[marginal.bid] as Order).price, (asks[marginal.ask] as Order).price];
  const price = middleOf(bidPrice, askPrice);
  const clearing = clearAt(sheet, ties, {
    bidEnergies: shareMargin(bids, energyInPairs(bids, pairs, 'bid'), bidPrice, ties),
    askEnergies: shareMargin(asks, energyInPairs(asks, pairs, 'ask'), askPrice, ties),
    buyPrice: price,
    sellPrice: price,
  });
  return { ...clearing, price };
}

/** Shares what the orders at the marginal price got together among them, by size. */
function shareMargin(orders: readonly Order[], energies: readonly bigint[], price: bigint, ties: TieOrder): bigint[] {
  const parts = orders.map((order) => ({
    owner: order.owner,
    weight: order.price === price ? order.energyMwh : 0n,
  }));
  const atMargin = sum(energies.filter((_, position) => (parts[position]?.weight ?? 0n) > 0n));
  const shares = splitByLargestRemainder(atMargin, parts, ties);
  return energies.map((energyMwh, position) =>
    (parts[position]?.weight ?? 0n) > 0n ? (shares[position] ?? 0n) : energyMwh,
  );
}
