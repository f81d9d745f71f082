import { type Clearing, type Order, type OrderSheet, requireOrders } from '../common/orders.js';
import { type Pair, pairOrders } from '../common/pairs.js';
import { amountAt, middleOf } from '../common/price.js';

/** A pair with its money. */
export interface PricedPair extends Pair {
  /** What the bid pays and the ask gets. */
  readonly amount: bigint;
}

/** A clearing in pairs. */
export interface PairedClearing extends Clearing {
  readonly pairs: readonly PricedPair[];
}

/**
 * Call auction in pairs (the discriminatory clearing of lemlab): the dearest bid meets the cheapest ask, what is left of either goes on to
 * the next, equal prices in the order of their tie hash, while the bid is not below the ask. Each pair trades in the middle of its two
 * prices, rounded down once: `floor(energyMwh · (bid + ask) / 300000)` units.
 *
 * Budget balance: yes. Individual rationality: yes. Truthfulness: no. Independence of arrival: yes.
 */
export function clearPayAsBid(sheet: OrderSheet): PairedClearing {
  requireOrders(sheet);
  const { bids, asks } = sheet;
  const pairs = pairOrders(sheet).pairs.map((pair) => {
    const [bid, ask] = [bids[pair.bid] as Order, asks[pair.ask] as Order];
    return { ...pair, amount: amountAt(pair.energyMwh, middleOf(bid.price, ask.price)) };
  });
  const filled = (orders: readonly Order[], side: 'bid' | 'ask') => {
    const fills = orders.map(() => ({ energyMwh: 0n, amount: 0n }));
    for (const pair of pairs) {
      const fill = fills[pair[side]];
      if (fill === undefined) continue;
      fill.energyMwh += pair.energyMwh;
      fill.amount += pair.amount;
    }
    return fills;
  };
  return { bids: filled(bids, 'bid'), asks: filled(asks, 'ask'), toFund: 0n, pairs };
}
