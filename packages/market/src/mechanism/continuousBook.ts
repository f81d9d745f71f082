import { WattchainError } from '@wattchain/core';
import { amountOf } from '../units.js';
import { type Order, requireOrder } from './common/orders.js';
import { smaller } from './common/split.js';

/** Which side an order is on. */
export type BookSide = 'bid' | 'ask';

/** What comes to a book, in the order of arrival. An order's number is its position among the acts, from 0. */
export type BookAct =
  | { readonly place: Order; readonly side: BookSide }
  /** The number of the order that is taken back. */
  | { readonly cancel: number };

/** A trade of a book. Orders are named by their numbers. */
export interface BookTrade {
  readonly resting: number;
  readonly incoming: number;
  readonly energyMwh: bigint;
  /** The resting order's, units for 150 Wh. */
  readonly price: bigint;
  readonly amount: bigint;
}

/** A book after its acts. */
export interface BookResult {
  readonly trades: readonly BookTrade[];
  /** What of each act's order still rests, mWh; 0 for cancellations and for what is filled or taken back. */
  readonly restingMwh: readonly bigint[];
}

interface Resting {
  readonly number: number;
  readonly order: Order;
  leftMwh: bigint;
}

/**
 * Continuous double auction with price-time priority, as power exchanges and gsy-e's two-sided market have it: an incoming order trades
 * with the best resting orders of the other side, the earliest of a price first, while the bid is not below the ask, at the resting
 * order's price, `floor(energyMwh · price / 150000)` units a trade; its remainder rests until it trades or is cancelled.
 *
 * Budget balance: yes. Individual rationality: yes. Truthfulness: no. Independence of arrival: no.
 *
 * @throws WattchainError `badOrder` for an order of nothing, and for a cancellation of what is no order before it
 */
export function continuousBook(acts: readonly BookAct[]): BookResult {
  const sides = { bid: [] as Resting[], ask: [] as Resting[] };
  const placed = new Map<number, Resting>();
  const trades: BookTrade[] = [];
  acts.forEach((act, number) => {
    if ('cancel' in act) {
      const resting = placed.get(act.cancel);
      if (resting === undefined) throw noSuchOrder(act.cancel, number);
      resting.leftMwh = 0n;
      for (const side of [sides.bid, sides.ask]) if (side.includes(resting)) side.splice(side.indexOf(resting), 1);
      return;
    }
    requireOrder(act.place);
    const incoming = { number, order: act.place, leftMwh: act.place.energyMwh };
    placed.set(number, incoming);
    trades.push(...take(incoming, act.side, act.side === 'bid' ? sides.ask : sides.bid));
    if (incoming.leftMwh > 0n) rest(incoming, act.side, sides[act.side]);
  });
  return { trades, restingMwh: acts.map((_, number) => placed.get(number)?.leftMwh ?? 0n) };
}

/** The incoming order's trades; what they fill leaves the other side, whose best order stands first. */
function take(incoming: Resting, side: BookSide, others: Resting[]): BookTrade[] {
  const trades: BookTrade[] = [];
  for (let best = others[0]; best !== undefined && incoming.leftMwh > 0n; best = others[0]) {
    const { price } = best.order;
    if (side === 'bid' ? incoming.order.price < price : incoming.order.price > price) break;
    const energyMwh = smaller(incoming.leftMwh, best.leftMwh);
    const amount = amountOf(energyMwh, price);
    trades.push({ resting: best.number, incoming: incoming.number, energyMwh, price, amount });
    incoming.leftMwh -= energyMwh;
    best.leftMwh -= energyMwh;
    if (best.leftMwh === 0n) others.shift();
  }
  return trades;
}

/** Behind the orders that are as good or better. */
function rest(order: Resting, side: BookSide, own: Resting[]): void {
  const { price } = order.order;
  const at = own.findIndex((other) => (side === 'bid' ? other.order.price < price : other.order.price > price));
  own.splice(at === -1 ? own.length : at, 0, order);
}

function noSuchOrder(number: number, act: number): WattchainError {
  return new WattchainError('badOrder', `act ${act} cancels ${number}, which is no order before it`, {
    values: { number, act },
    hint: 'an order is cancelled by the position of the act that placed it',
  });
}
