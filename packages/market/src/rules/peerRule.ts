import type { Address } from '@wattchain/core';
import { FULL_SHARE_BPS, matchPeers, type PeerPeriod, type PeerSource } from '../mechanism/peerChoice.js';
import type { MarketPeriod, MarketPeriods, PeriodPrices } from './marketPeriods.js';
import type { MarketRule, RuleParams } from './marketRule.js';
import { billsOfTrades } from './orderRules.js';
import { priceParam, wordParam } from './params.js';
import { settleByPeriod } from './spanBills.js';

/** Most sources of a home, as the contract has them. */
export const MOST_SOURCES = 16;

/** Matching by choice. */
export const PEER_CHOICE: MarketRule = {
  name: 'peerChoice',
  title: 'choice of peers',
  company: 'Piclo, PowerPeers, Vandebron',
  contract: 'PeerChoice',
  claims: { budgetBalance: 'yes', individualRationality: 'yes', truthfulness: 'no', independenceOfArrival: 'yes' },
  defaults: { ranks: 'byNumber', price: 'middle' },
  settle: ({ periods, params }) => {
    const sellers = peerSellers(periods);
    return settleByPeriod(periods, (period) => ({
      bills: billsOfTrades(period, matchPeers(peersOf(period, sellers, params))),
    }));
  },
};

/** The homes that have anything to sell in the span, in their order. */
export function peerSellers(periods: MarketPeriods): Address[] {
  return periods.owners.filter((_, home) => {
    for (const { surplusMwh } of periods.ofHome(home)) if (surplusMwh > 0n) return true;
    return false;
  });
}

/** What a home lets the market know until it says otherwise. */
export interface PeerPreferences {
  /** Of its surplus, units for 150 Wh. */
  readonly price: bigint;
  readonly ranks: readonly (readonly PeerSource[])[];
}

/**
 * How a home trades while prices are as they are: it asks for the rule's price, rounded down, pays the tariff at most, and ranks the
 * other homes that sell, at most {@link MOST_SOURCES} of them: by number, one a rank with its full share (`byNumber`), or all in one rank
 * with equal shares (`equalShares`).
 */
export function preferencesOf(
  owner: Address,
  sellers: readonly Address[],
  prices: PeriodPrices,
  params: RuleParams,
): PeerPreferences {
  const { numerator, denominator } = priceParam(params, 'price')(prices);
  const chosen = sellers.filter((seller) => seller !== owner).slice(0, MOST_SOURCES);
  const source = (seller: Address, shareBps: number) => ({ seller, shareBps, maxPrice: prices.tariff });
  const isByNumber = wordParam(params, 'ranks', ['byNumber', 'equalShares']) === 'byNumber';
  const equal = chosen.length === 0 ? 0 : Math.floor(FULL_SHARE_BPS / chosen.length);
  return {
    price: numerator / denominator,
    ranks: isByNumber
      ? chosen.map((seller) => [source(seller, FULL_SHARE_BPS)])
      : [chosen.map((seller) => source(seller, equal))],
  };
}

/** The peers of a period: all homes with what their meters show and what they prefer. */
export function peersOf(
  { periodStart, members, prices }: MarketPeriod,
  sellers: readonly Address[],
  params: RuleParams,
): PeerPeriod {
  const peers = members.map((member) => ({
    ...member,
    ...preferencesOf(member.owner, sellers, prices, params),
    reservedFor: [],
  }));
  return { periodStart, sellers: peers, buyers: peers };
}
