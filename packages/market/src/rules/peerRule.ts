import type { Address } from '@wattchain/core';
import { FULL_SHARE_BPS, matchPeers, type PeerPeriod, type PeerSource } from '../mechanism/peerChoice.js';
import { orderSheet } from './agents.js';
import type { Agents, MarketPeriod } from './marketPeriods.js';
import type { MarketRule, RuleParams } from './marketRule.js';
import { billsOfTrades } from './orderRules.js';
import { priceParam, wordParam } from './params.js';
import { settleByPeriod } from './spanBills.js';

/** Matching by choice. */
export const PEER_CHOICE: MarketRule = {
  name: 'peerChoice',
  title: 'choice of peers',
  company: 'Piclo, PowerPeers, Vandebron',
  contract: 'PeerChoice',
  claims: { budgetBalance: 'yes', individualRationality: 'yes', truthfulness: 'no', independenceOfArrival: 'yes' },
  defaults: { ranks: 'byNumber', price: 'middle' },
  settle: ({ periods, agents, params }) =>
    settleByPeriod(periods, (period) => ({
      bills: billsOfTrades(period, matchPeers(peersOf(period, agents, params))),
    })),
};

/**
 * The peers of a period. Sellers ask for the rule's price where they take it. Buyers rank the sellers by number, one a rank with its full
 * share (`byNumber`), or have them all in one rank with equal shares (`equalShares`).
 */
export function peersOf(period: MarketPeriod, agents: Agents, params: RuleParams): PeerPeriod {
  const { numerator, denominator } = priceParam(params, 'price')(period.prices);
  const price = numerator / denominator;
  const { bids, asks } = orderSheet(period, agents);
  const sellers = asks
    .filter((ask) => ask.price <= price)
    .map(({ owner, energyMwh }) => ({ owner, surplusMwh: energyMwh, price, reservedFor: [] }));
  const ranked = ranksOf(
    sellers.map(({ owner }) => owner),
    wordParam(params, 'ranks', ['byNumber', 'equalShares']),
  );
  const buyers = bids.map((bid) => ({
    owner: bid.owner,
    needMwh: bid.energyMwh,
    ranks: ranked.map((rank) => rank.map((source) => ({ ...source, maxPrice: bid.price }))),
  }));
  return { periodStart: period.periodStart, sellers, buyers };
}

function ranksOf(sellers: readonly Address[], ranks: 'byNumber' | 'equalShares'): Omit<PeerSource, 'maxPrice'>[][] {
  if (ranks === 'byNumber') return sellers.map((seller) => [{ seller, shareBps: FULL_SHARE_BPS }]);
  const shareBps = sellers.length === 0 ? 0 : Math.floor(FULL_SHARE_BPS / sellers.length);
  return [sellers.map((seller) => ({ seller, shareBps }))];
}
