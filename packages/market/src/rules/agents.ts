import { bytesToBigInt, sha256, textToBytes } from '@wattchain/core';
import type { Order, OrderSheet } from '../mechanism/common/orders.js';
import type { Agents, MarketPeriod } from './marketPeriods.js';

/** Perfect foresight: every home states what its meter will show, with the supplier's price as its limit. */
export const TRUTHFUL_AGENTS: Agents = {
  orderOf({ members, prices }, home) {
    const { needMwh = 0n, surplusMwh = 0n } = members[home] ?? {};
    if (needMwh > 0n) return { energyMwh: needMwh, price: prices.tariff };
    if (surplusMwh > 0n) return { energyMwh: surplusMwh, price: prices.feedIn };
    return undefined;
  },
};

/**
 * The orders of a period: a home with a need bids, one with a surplus asks, in the order of the homes. Nobody can state a price outside
 * the supplier's band, as the contracts have it.
 */
export function orderSheet(period: MarketPeriod, agents: Agents): OrderSheet {
  const [bids, asks]: [Order[], Order[]] = [[], []];
  period.members.forEach(({ owner, needMwh, surplusMwh }, home) => {
    const stated = needMwh + surplusMwh === 0n ? undefined : agents.orderOf(period, home);
    if (stated === undefined || stated.energyMwh === 0n) return;
    const order = { owner, energyMwh: stated.energyMwh, price: within(stated.price, period.prices) };
    if (needMwh > 0n) bids.push(order);
    else asks.push(order);
  });
  return { periodStart: period.periodStart, bids, asks };
}

/** The same of homes that promise and ask for no more than their meters will show. */
export function honestSheet(period: MarketPeriod, agents: Agents): OrderSheet {
  return orderSheet(period, {
    orderOf: (one, home) => {
      const stated = agents.orderOf(one, home);
      const { needMwh = 0n, surplusMwh = 0n } = one.members[home] ?? {};
      const most = needMwh + surplusMwh;
      return stated && { ...stated, energyMwh: stated.energyMwh < most ? stated.energyMwh : most };
    },
  });
}

function within(price: bigint, { tariff, feedIn }: { readonly tariff: bigint; readonly feedIn: bigint }): bigint {
  return price < feedIn ? feedIn : price > tariff ? tariff : price;
}

/**
 * Zero intelligence with a budget (Gode & Sunder 1993): energies are truthful, prices are drawn evenly between the feed-in price and the
 * tariff, whatever the home would pay or take. A price depends on the seed, the period and the home alone.
 */
export function ziAgents(seed: number): Agents {
  return {
    orderOf(period, home) {
      const truthful = TRUTHFUL_AGENTS.orderOf(period, home);
      if (truthful === undefined) return undefined;
      const { tariff, feedIn } = period.prices;
      const digest = sha256(textToBytes(`zi ${seed} ${period.periodStart} ${home}`));
      return { ...truthful, price: feedIn + (bytesToBigInt(digest) % (tariff - feedIn + 1n)) };
    },
  };
}
