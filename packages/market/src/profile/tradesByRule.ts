import { decidePurchase } from '../paperDay/needs.js';
import { amountOf } from '../units.js';
import { type DayProfile, needOf, surplusOf } from './dayProfile.js';

/** Energy that one home got from another in one period. Homes and periods are positions in their {@link DayProfile}. */
export interface DayTrade {
  readonly period: number;
  readonly seller: number;
  readonly buyer: number;
  readonly energyMwh: bigint;
  /** Token units that the seller got for it. */
  readonly paid: bigint;
}

/**
 * A day's trades by the paper's rule: in every period each home with a surplus offers it, and the homes with a need, in their order, take
 * what they need from the offers, in the sellers' order, at the default price. Trades come in the order of periods, buyers, sellers.
 */
export function tradesByRule(profile: DayProfile): DayTrade[] {
  return profile.periods.flatMap((_, period) => {
    const left = profile.homes.map((home) => surplusOf(home, period));
    return profile.homes.flatMap((home, buyer) => takeNeed(left, period, buyer, needOf(home, period)));
  });
}

/** One buyer's trades of a period; what it takes goes off `left`. */
function takeNeed(left: bigint[], period: number, buyer: number, need: bigint): DayTrade[] {
  const trades: DayTrade[] = [];
  let openMwh = need;
  left.forEach((onOffer, seller) => {
    const energyMwh = decidePurchase(openMwh, onOffer);
    if (energyMwh === 0n) return;
    openMwh -= energyMwh;
    left[seller] = onOffer - energyMwh;
    trades.push({ period, seller, buyer, energyMwh, paid: amountOf(energyMwh) });
  });
  return trades;
}
