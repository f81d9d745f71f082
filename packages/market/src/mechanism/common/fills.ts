import type { Clearing, Fill, Order, OrderSheet } from './orders.js';
import { amountAt, type PriceFraction } from './price.js';
import { splitByLargestRemainder, sum } from './split.js';
import type { TieOrder } from './ties.js';

/** What each side of a clearing trades, mWh in the order of the sheet's orders, and at which price. */
export interface TradedSides {
  readonly bidEnergies: readonly bigint[];
  readonly askEnergies: readonly bigint[];
  readonly buyPrice: PriceFraction;
  readonly sellPrice: PriceFraction;
}

/** Nobody trades. */
export function emptyClearing({ bids, asks }: OrderSheet): Clearing {
  const nothing = { energyMwh: 0n, amount: 0n };
  return { bids: bids.map(() => nothing), asks: asks.map(() => nothing), toFund: 0n };
}

/**
 * The money of a clearing: each side's total once, rounded down, and split among its orders by the energy that they trade, so that the
 * orders of a side sum to it. What buyers pay beyond what sellers get goes to the fund.
 */
export function clearAt({ bids, asks }: OrderSheet, ties: TieOrder, sides: TradedSides): Clearing {
  const { bidEnergies, askEnergies, buyPrice, sellPrice } = sides;
  const paid = amountAt(sum(bidEnergies), buyPrice);
  const got = amountAt(sum(askEnergies), sellPrice);
  return {
    bids: fillsOf(bids, bidEnergies, paid, ties),
    asks: fillsOf(asks, askEnergies, got, ties),
    toFund: paid - got,
  };
}

function fillsOf(orders: readonly Order[], energies: readonly bigint[], total: bigint, ties: TieOrder): Fill[] {
  const parts = orders.map(({ owner }, position) => ({ owner, weight: energies[position] ?? 0n }));
  const amounts = splitByLargestRemainder(total, parts, ties);
  return orders.map((_, position) => ({ energyMwh: energies[position] ?? 0n, amount: amounts[position] ?? 0n }));
}
