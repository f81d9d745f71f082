import { type Address, WattchainError } from '@wattchain/core';
import { compare } from './split.js';
import type { TieOrder } from './ties.js';

/** What somebody would buy or sell in one period. */
export interface Order {
  readonly owner: Address;
  /** At least 1. */
  readonly energyMwh: bigint;
  /** Money units for 150 Wh: the most that a buyer pays, the least that a seller takes. */
  readonly price: bigint;
}

/** The orders of one period. */
export interface OrderSheet {
  /** Meter time, seconds. */
  readonly periodStart: bigint;
  readonly bids: readonly Order[];
  readonly asks: readonly Order[];
}

/** What an order got: energy, and the money that its owner pays (bids) or gets (asks). */
export interface Fill {
  readonly energyMwh: bigint;
  readonly amount: bigint;
}

/** What becomes of the orders of a period; fills stand in the order of the sheet's orders. */
export interface Clearing {
  readonly bids: readonly Fill[];
  readonly asks: readonly Fill[];
  /** Paid by buyers and not given to sellers: the community's fund gets it. */
  readonly toFund: bigint;
}

/** Positions of bids, the dearest first, or of asks, the cheapest first; equal prices by tie hash, an owner's own by size. */
export function inOrderOfPrice(orders: readonly Order[], side: 'bids' | 'asks', ties: TieOrder): number[] {
  const sign = side === 'bids' ? -1 : 1;
  const positions = orders.map((_, position) => position);
  return positions.sort((a, b) => {
    const [one, other] = [orders[a] as Order, orders[b] as Order];
    return (
      sign * compare(one.price, other.price) ||
      ties.compare(one.owner, other.owner) ||
      compare(other.energyMwh, one.energyMwh)
    );
  });
}

/** @throws WattchainError `badOrder` for an order of nothing or with a price below 0. */
export function requireOrders({ bids, asks }: OrderSheet): void {
  for (const order of [...bids, ...asks]) requireOrder(order);
}

/** @throws WattchainError `badOrder` */
export function requireOrder({ owner, energyMwh, price }: Order): void {
  if (energyMwh > 0n && price >= 0n) return;
  throw new WattchainError('badOrder', `the order of ${owner} is for ${energyMwh} mWh at ${price} units for 150 Wh`, {
    values: { owner, energyMwh, price },
    hint: 'an order has 1 mWh or more and a price of 0 or more',
  });
}
