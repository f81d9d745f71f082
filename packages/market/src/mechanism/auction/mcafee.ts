import { clearAt, emptyClearing } from '../common/fills.js';
import { type Clearing, type Order, type OrderSheet, requireOrders } from '../common/orders.js';
import { energyInPairs, pairOrders } from '../common/pairs.js';
import { middleOf, type PriceFraction, wholePrice } from '../common/price.js';
import { smaller, splitByLargestRemainder, sum } from '../common/split.js';
import type { TieOrder } from '../common/ties.js';

/** A clearing by McAfee's rule. */
export interface McAfeeClearing extends Clearing {
  /** What buyers pay and sellers get; `undefined` when nobody trades. */
  readonly buyPrice: PriceFraction | undefined;
  readonly sellPrice: PriceFraction | undefined;
}

/**
 * McAfee's double auction (*A dominant strategy double auction*, 1992), each order taken as one agent: k and l are the marginal bid and
 * ask, the last that meet in order of price, and p0 = (b_{k+1} + s_{l+1}) / 2. Where both next orders exist and s_l ≤ p0 ≤ b_k, all that
 * meet trade at p0. Otherwise the orders before k and l trade the smaller of their sums, the longer side pro rata by largest remainder;
 * buyers pay b_k, sellers get s_l, and the rest goes to the community's fund.
 *
 * Energy in mWh, prices in units for 150 Wh; each side's total is rounded down once and split by energy.
 *
 * Budget balance: yes, with the fund (weakly for the traders). Individual rationality: yes, to one unit of rounding. Truthfulness: yes
 * for orders of one size, one to an owner; no for other sizes. Independence of arrival: yes.
 */
export function clearMcAfee(sheet: OrderSheet): McAfeeClearing {
  requireOrders(sheet);
  const { bids, asks } = sheet;
  const { ties, pairs, bidOrder, askOrder } = pairOrders(sheet);
  const marginal = pairs.at(-1);
  if (marginal === undefined) return nothing(sheet);
  const [k, l] = [bidOrder.indexOf(marginal.bid), askOrder.indexOf(marginal.ask)];
  const [bidPrice, askPrice] = [(bids[marginal.bid] as Order).price, (asks[marginal.ask] as Order).price];
  const [nextBid, nextAsk] = [bids[bidOrder[k + 1] ?? -1], asks[askOrder[l + 1] ?? -1]];
  if (nextBid !== undefined && nextAsk !== undefined) {
    const twice = nextBid.price + nextAsk.price;
    if (2n * askPrice <= twice && twice <= 2n * bidPrice) {
      const price = middleOf(nextBid.price, nextAsk.price);
      const energies = {
        bidEnergies: energyInPairs(bids, pairs, 'bid'),
        askEnergies: energyInPairs(asks, pairs, 'ask'),
      };
      const clearing = clearAt(sheet, ties, { ...energies, buyPrice: price, sellPrice: price });
      return { ...clearing, buyPrice: price, sellPrice: price };
    }
  }
  const [buyers, sellers] = [new Set(bidOrder.slice(0, k)), new Set(askOrder.slice(0, l))];
  const energy = smaller(sizeOf(bids, buyers), sizeOf(asks, sellers));
  if (energy === 0n) return nothing(sheet);
  const [buyPrice, sellPrice] = [wholePrice(bidPrice), wholePrice(askPrice)];
  const clearing = clearAt(sheet, ties, {
    bidEnergies: shareAmong(bids, buyers, energy, ties),
    askEnergies: shareAmong(asks, sellers, energy, ties),
    buyPrice,
    sellPrice,
  });
  return { ...clearing, buyPrice, sellPrice };
}

const nothing = (sheet: OrderSheet): McAfeeClearing => ({
  ...emptyClearing(sheet),
  buyPrice: undefined,
  sellPrice: undefined,
});

function sizeOf(orders: readonly Order[], chosen: ReadonlySet<number>): bigint {
  return sum([...chosen].map((position) => orders[position]?.energyMwh ?? 0n));
}

/** Of a side that is not longer than the energy everybody gets its all. */
function shareAmong(orders: readonly Order[], chosen: ReadonlySet<number>, energyMwh: bigint, ties: TieOrder) {
  const parts = orders.map((order, position) => ({
    owner: order.owner,
    weight: chosen.has(position) ? order.energyMwh : 0n,
  }));
  return splitByLargestRemainder(energyMwh, parts, ties);
}
