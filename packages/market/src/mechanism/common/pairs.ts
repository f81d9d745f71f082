import { inOrderOfPrice, type Order, type OrderSheet } from './orders.js';
import { smaller } from './split.js';
import { TieOrder } from './ties.js';

/** A bid and an ask, by their positions in the sheet, and what goes between them. */
export interface Pair {
  readonly bid: number;
  readonly ask: number;
  readonly energyMwh: bigint;
}

/** Both sides in order of price, and their pairs. */
export interface PairedOrders {
  readonly ties: TieOrder;
  readonly bidOrder: readonly number[];
  readonly askOrder: readonly number[];
  /** From the best pair to the marginal one. */
  readonly pairs: readonly Pair[];
}

/** Walks down both sides while the bid is not below the ask: the largest energy that both sides agree to, and who would pair with whom. */
export function pairOrders({ periodStart, bids, asks }: OrderSheet): PairedOrders {
  const ties = new TieOrder(periodStart);
  const bidOrder = inOrderOfPrice(bids, 'bids', ties);
  const askOrder = inOrderOfPrice(asks, 'asks', ties);
  const pairs: Pair[] = [];
  const left = { bids: bids.map(({ energyMwh }) => energyMwh), asks: asks.map(({ energyMwh }) => energyMwh) };
  for (let b = 0, a = 0; b < bidOrder.length && a < askOrder.length; ) {
    const [bid, ask] = [bidOrder[b] as number, askOrder[a] as number];
    if ((bids[bid] as Order).price < (asks[ask] as Order).price) break;
    const energyMwh = smaller(left.bids[bid] ?? 0n, left.asks[ask] ?? 0n);
    pairs.push({ bid, ask, energyMwh });
    left.bids[bid] = (left.bids[bid] ?? 0n) - energyMwh;
    left.asks[ask] = (left.asks[ask] ?? 0n) - energyMwh;
    if (left.bids[bid] === 0n) b += 1;
    if (left.asks[ask] === 0n) a += 1;
  }
  return { ties, bidOrder, askOrder, pairs };
}

/** What each order has in the pairs, in the order of the sheet. */
export function energyInPairs(orders: readonly Order[], pairs: readonly Pair[], side: 'bid' | 'ask'): bigint[] {
  const energies = orders.map(() => 0n);
  for (const pair of pairs) energies[pair[side]] = (energies[pair[side]] ?? 0n) + pair.energyMwh;
  return energies;
}
