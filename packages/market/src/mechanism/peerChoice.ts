import { type Address, WattchainError } from '@wattchain/core';
import { amountOf } from '../units.js';
import { requireMembers } from './common/bills.js';
import { excess, smaller, splitByLargestRemainder, sum } from './common/split.js';
import { TieOrder } from './common/ties.js';

/** Shares are counted in hundredths of a per cent of a need. */
export const FULL_SHARE_BPS = 10_000;

/** Who sells, at the seller's own price. */
export interface PeerSeller {
  readonly owner: Address;
  readonly surplusMwh: bigint;
  /** Units for 150 Wh; 0 is a gift. */
  readonly price: bigint;
  /** Those whom it sells to; everybody where it is empty. */
  readonly reservedFor: readonly Address[];
}

/** One source of a buyer. */
export interface PeerSource {
  readonly seller: Address;
  /** Of what the buyer still needs when it comes to this rank, 0 to 10000. */
  readonly shareBps: number;
  /** The most that the buyer pays, units for 150 Wh. */
  readonly maxPrice: bigint;
}

/** Who buys. */
export interface PeerBuyer {
  readonly owner: Address;
  readonly needMwh: bigint;
  /** Sources from the first choice on; shares of one rank sum to 10000 at most. */
  readonly ranks: readonly (readonly PeerSource[])[];
}

/** A period of peers. */
export interface PeerPeriod {
  /** Meter time, seconds. */
  readonly periodStart: bigint;
  readonly sellers: readonly PeerSeller[];
  readonly buyers: readonly PeerBuyer[];
}

/** What one peer got from another. */
export interface PeerTrade {
  readonly seller: Address;
  readonly buyer: Address;
  /** 1 for a first choice. */
  readonly rank: number;
  readonly energyMwh: bigint;
  readonly amount: bigint;
}

/**
 * Matching by choice (Piclo; PowerPeers and Vandebron): rank by rank every buyer asks its sources of that rank for their shares of what
 * it still needs, `floor(need · Σ shares / 10000)` split among them by share; a seller with less than it is asked for shares it among
 * those who ask, pro rata. Both splits are by largest remainder. A source counts where it is not reserved for others and does not ask
 * more than the buyer pays; what it could not give waits for the next rank, and what no rank gave comes from the supplier. Each trade is
 * at the seller's price, `floor(energyMwh · price / 150000)` units.
 *
 * Budget balance: yes. Individual rationality: yes. Truthfulness: no. Independence of arrival: yes.
 *
 * @throws WattchainError `badShares`, `badMember`
 */
export function matchPeers({ periodStart, sellers, buyers }: PeerPeriod): PeerTrade[] {
  for (const side of [
    sellers.map(({ owner, surplusMwh }) => ({ owner, needMwh: 0n, surplusMwh })),
    buyers.map(({ owner, needMwh }) => ({ owner, needMwh, surplusMwh: 0n })),
  ])
    requireMembers(side);
  buyers.forEach(requireShares);
  const ties = new TieOrder(periodStart);
  const sources = new Map(sellers.map((seller) => [seller.owner, { seller, leftMwh: seller.surplusMwh }]));
  const needs = buyers.map(({ needMwh }) => needMwh);
  const ranks = buyers.reduce((most, buyer) => (buyer.ranks.length > most ? buyer.ranks.length : most), 0);
  const trades: PeerTrade[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    const asked = buyers.map((buyer, index) => requestsOf(buyer, rank, needs[index] ?? 0n, sources, ties));
    for (const source of sources.values()) {
      const parts = buyers.map(({ owner }, index) => ({ owner, weight: asked[index]?.get(source.seller.owner) ?? 0n }));
      const given = smaller(source.leftMwh, sum(parts.map(({ weight }) => weight)));
      splitByLargestRemainder(given, parts, ties).forEach((energyMwh, index) => {
        const buyer = buyers[index]?.owner;
        if (energyMwh === 0n || buyer === undefined) return;
        needs[index] = excess(needs[index] ?? 0n, energyMwh);
        const { owner: seller, price } = source.seller;
        trades.push({ seller, buyer, rank: rank + 1, energyMwh, amount: amountOf(energyMwh, price) });
      });
      source.leftMwh -= given;
    }
  }
  return trades;
}

/** What a buyer asks of each of its sources of a rank, mWh. */
function requestsOf(
  { owner, ranks }: PeerBuyer,
  rank: number,
  needMwh: bigint,
  sources: ReadonlyMap<Address, { readonly seller: PeerSeller; readonly leftMwh: bigint }>,
  ties: TieOrder,
): Map<Address, bigint> {
  const open = (ranks[rank] ?? []).filter(({ seller, maxPrice }) => {
    const found = sources.get(seller)?.seller;
    if (found === undefined || found.price > maxPrice) return false;
    return found.reservedFor.length === 0 || found.reservedFor.includes(owner);
  });
  const parts = open.map(({ seller, shareBps }) => ({ owner: seller, weight: BigInt(shareBps) }));
  const wanted = (needMwh * sum(parts.map(({ weight }) => weight))) / BigInt(FULL_SHARE_BPS);
  const requests = splitByLargestRemainder(wanted, parts, ties);
  return new Map(open.map(({ seller }, index) => [seller, requests[index] ?? 0n]));
}

function requireShares({ owner, ranks }: PeerBuyer): void {
  for (const [index, sources] of ranks.entries()) {
    const shares = sources.map(({ shareBps }) => shareBps);
    const names = new Set(sources.map(({ seller }) => seller));
    const isWhole = shares.every((share) => Number.isSafeInteger(share) && share >= 0);
    if (isWhole && names.size === sources.length && shares.reduce((all, share) => all + share, 0) <= FULL_SHARE_BPS)
      continue;
    throw new WattchainError('badShares', `the shares of ${owner} in rank ${index + 1} are ${shares.join(', ')}`, {
      values: { owner, rank: index + 1, shares },
      hint: `shares are whole, each seller stands once in a rank, and its shares sum to ${FULL_SHARE_BPS} at most`,
    });
  }
}

/** A line of the statement "who supplied me": a neighbour, or the supplier (`undefined`). */
export interface SupplyLine {
  readonly seller: Address | undefined;
  readonly energyMwh: bigint;
  readonly amount: bigint;
}

/** Who supplied a buyer in a period: its neighbours, one line each, and the supplier with the rest at the tariff. */
export function whoSupplied(buyer: PeerBuyer, trades: readonly PeerTrade[], tariff: bigint): SupplyLine[] {
  const lines = new Map<Address, { seller: Address; energyMwh: bigint; amount: bigint }>();
  for (const trade of trades.filter((one) => one.buyer === buyer.owner)) {
    const line = lines.get(trade.seller) ?? { seller: trade.seller, energyMwh: 0n, amount: 0n };
    line.energyMwh += trade.energyMwh;
    line.amount += trade.amount;
    lines.set(trade.seller, line);
  }
  const rest = excess(buyer.needMwh, sum([...lines.values()].map(({ energyMwh }) => energyMwh)));
  const supplier = { seller: undefined, energyMwh: rest, amount: amountOf(rest, tariff) };
  return rest === 0n ? [...lines.values()] : [...lines.values(), supplier];
}
