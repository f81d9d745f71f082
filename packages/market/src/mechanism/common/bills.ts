import { type Address, assert, WattchainError } from '@wattchain/core';
import type { Clearing, Fill, OrderSheet } from './orders.js';
import { amountAt, type PriceBand, wholePrice } from './price.js';
import { splitByLargestRemainder, sum } from './split.js';
import { TieOrder } from './ties.js';

/** What a home's meter shows for a period after its own use, mWh; one of the two is 0. */
export interface Member {
  readonly owner: Address;
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
}

/** @throws WattchainError `badMember` for an energy below 0, and for an owner who stands twice */
export function requireMembers(members: readonly Member[]): void {
  const owners = new Set<Address>();
  for (const { owner, needMwh, surplusMwh } of members) {
    const isBelow = needMwh < 0n || surplusMwh < 0n;
    if (!isBelow && !owners.has(owner)) {
      owners.add(owner);
      continue;
    }
    const what = isBelow ? `needs ${needMwh} mWh and has ${surplusMwh} mWh` : 'stands twice among the members';
    throw new WattchainError('badMember', `${owner} ${what}`, {
      values: { owner, needMwh, surplusMwh },
      hint: 'each home stands once, with energies of 0 or more: a balance below 0 is a need',
    });
  }
}

/** The members in one period. */
export interface MemberPeriod {
  /** Meter time, seconds. */
  readonly periodStart: bigint;
  readonly members: readonly Member[];
}

/** A home's energies, mWh, and money, whole units, of a period or of several. */
export interface Bill {
  readonly owner: Address;
  /** From and to neighbours. */
  readonly boughtMwh: bigint;
  readonly soldMwh: bigint;
  /** From and to the supplier. */
  readonly importedMwh: bigint;
  readonly exportedMwh: bigint;
  readonly paidToNeighbours: bigint;
  readonly gotFromNeighbours: bigint;
  readonly paidToSupplier: bigint;
  readonly gotFromSupplier: bigint;
}

/** What a member traded with neighbours. */
export type LocalTrades = Pick<Bill, 'boughtMwh' | 'soldMwh' | 'paidToNeighbours' | 'gotFromNeighbours'>;

/** What a bill comes to: positive where the home pays. */
export function totalOf(bill: Bill): bigint {
  return bill.paidToNeighbours + bill.paidToSupplier - bill.gotFromNeighbours - bill.gotFromSupplier;
}

/** One bill of two of the same home. */
export function addBills(a: Bill, b: Bill): Bill {
  return {
    owner: a.owner,
    boughtMwh: a.boughtMwh + b.boughtMwh,
    soldMwh: a.soldMwh + b.soldMwh,
    importedMwh: a.importedMwh + b.importedMwh,
    exportedMwh: a.exportedMwh + b.exportedMwh,
    paidToNeighbours: a.paidToNeighbours + b.paidToNeighbours,
    gotFromNeighbours: a.gotFromNeighbours + b.gotFromNeighbours,
    paidToSupplier: a.paidToSupplier + b.paidToSupplier,
    gotFromSupplier: a.gotFromSupplier + b.gotFromSupplier,
  };
}

/** Each home's bills of several periods as one, in the order of the first period. */
export function sumBills(periods: readonly (readonly Bill[])[]): Bill[] {
  const sums = new Map<Address, Bill>();
  for (const bill of periods.flat()) {
    const before = sums.get(bill.owner);
    sums.set(bill.owner, before === undefined ? bill : addBills(before, bill));
  }
  return [...sums.values()];
}

/** Needs and surpluses of all members, mWh. */
export function totalsOf(members: readonly Member[]): { readonly needMwh: bigint; readonly surplusMwh: bigint } {
  return {
    needMwh: sum(members.map(({ needMwh }) => needMwh)),
    surplusMwh: sum(members.map(({ surplusMwh }) => surplusMwh)),
  };
}

/** What members pay together, split by their energies: `floor(energyMwh · price / 150000)` once, then by largest remainder. */
export function splitAmount(
  members: readonly { readonly owner: Address }[],
  weights: readonly bigint[],
  total: bigint,
  ties: TieOrder,
): bigint[] {
  return splitByLargestRemainder(
    total,
    members.map(({ owner }, index) => ({ owner, weight: weights[index] ?? 0n })),
    ties,
  );
}

/**
 * The bills of a market whose rest goes to and comes from the supplier: what a home needs beyond what it bought, at the tariff; what it
 * has beyond what it sold, at the feed-in price. The supplier's totals are computed once for the community and split by energy, so the
 * bills of all rules that leave the same rest sum to the same, to the last unit.
 * @param local what each member bought and sold locally, in the order of the members; no more than its need and its surplus
 */
export function billsWithSupplier(
  { periodStart, members }: MemberPeriod,
  local: readonly LocalTrades[],
  { tariff, feedIn }: PriceBand,
): Bill[] {
  requireMembers(members);
  const imports = members.map(({ needMwh }, index) => needMwh - (local[index]?.boughtMwh ?? 0n));
  const exports = members.map(({ surplusMwh }, index) => surplusMwh - (local[index]?.soldMwh ?? 0n));
  assert(
    [...imports, ...exports].every((rest) => rest >= 0n),
    'a home trades at most what its meter shows',
  );
  return billsOfRest({ periodStart, members }, local, { imports, exports }, { tariff, feedIn });
}

/**
 * The bills of what members traded and of what each then takes from and gives to the supplier, whose totals are computed once for the
 * community, rounded down, and split by energy.
 * @param local what each member bought and sold, and `rest` mWh from and to the supplier, in the order of the members
 */
export function billsOfRest(
  { periodStart, members }: MemberPeriod,
  local: readonly LocalTrades[],
  { imports, exports }: { readonly imports: readonly bigint[]; readonly exports: readonly bigint[] },
  { tariff, feedIn }: PriceBand,
): Bill[] {
  const ties = new TieOrder(periodStart);
  const paid = splitAmount(members, imports, amountAt(sum(imports), wholePrice(tariff)), ties);
  const got = splitAmount(members, exports, amountAt(sum(exports), wholePrice(feedIn)), ties);
  return members.map(({ owner }, index) => {
    const { boughtMwh = 0n, soldMwh = 0n, paidToNeighbours = 0n, gotFromNeighbours = 0n } = local[index] ?? {};
    return {
      owner,
      boughtMwh,
      soldMwh,
      importedMwh: imports[index] ?? 0n,
      exportedMwh: exports[index] ?? 0n,
      paidToNeighbours,
      gotFromNeighbours,
      paidToSupplier: paid[index] ?? 0n,
      gotFromSupplier: got[index] ?? 0n,
    };
  });
}

/** Energy from one member to another, and the money back. */
export interface LocalTrade {
  readonly seller: Address;
  readonly buyer: Address;
  readonly energyMwh: bigint;
  readonly amount: bigint;
}

/** What each member has in a clearing of orders, in the order of the members; all owners of orders are members. */
export function localOfClearing(
  members: readonly Member[],
  sheet: Pick<OrderSheet, 'bids' | 'asks'>,
  clearing: Pick<Clearing, 'bids' | 'asks'>,
): LocalTrades[] {
  const sums = new LocalSums(members);
  for (const [index, { owner }] of sheet.bids.entries()) sums.bought(owner, clearing.bids[index]);
  for (const [index, { owner }] of sheet.asks.entries()) sums.sold(owner, clearing.asks[index]);
  return sums.list();
}

/** What each member has in trades between two, in the order of the members; both sides of every trade are members. */
export function localOfTrades(members: readonly Member[], trades: readonly LocalTrade[]): LocalTrades[] {
  const sums = new LocalSums(members);
  for (const trade of trades) {
    sums.bought(trade.buyer, trade);
    sums.sold(trade.seller, trade);
  }
  return sums.list();
}

class LocalSums {
  readonly #sums: ReadonlyMap<Address, { -readonly [Field in keyof LocalTrades]: bigint }>;

  constructor(members: readonly Member[]) {
    const none = { boughtMwh: 0n, soldMwh: 0n, paidToNeighbours: 0n, gotFromNeighbours: 0n };
    this.#sums = new Map(members.map(({ owner }) => [owner, { ...none }]));
  }

  bought(owner: Address, fill: Fill | undefined): void {
    const own = this.#of(owner);
    own.boughtMwh += fill?.energyMwh ?? 0n;
    own.paidToNeighbours += fill?.amount ?? 0n;
  }

  sold(owner: Address, fill: Fill | undefined): void {
    const own = this.#of(owner);
    own.soldMwh += fill?.energyMwh ?? 0n;
    own.gotFromNeighbours += fill?.amount ?? 0n;
  }

  list(): LocalTrades[] {
    return [...this.#sums.values()];
  }

  #of(owner: Address) {
    const own = this.#sums.get(owner);
    assert(own !== undefined, `${owner} trades and is no member`);
    return own;
  }
}
