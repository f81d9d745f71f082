/** Random orders and members for property tests. */
import fc from 'fast-check';
import type { Member } from '../src/mechanism/common/bills.js';
import type { Order, OrderSheet } from '../src/mechanism/common/orders.js';
import type { PriceBand } from '../src/mechanism/common/price.js';
import { ownerOf } from './fontanaWeek.js';

/** Few prices, so that they are often equal. */
const price = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 10n ** 18n }));
const energy = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 20_000_000n }));

/** Owners are numbered from `first` on, one order each. */
function orders(first: number, energies: fc.Arbitrary<bigint>, prices: fc.Arbitrary<bigint>, minLength = 0) {
  return fc
    .array(fc.record({ energyMwh: energies, price: prices }), { minLength, maxLength: 7 })
    .map((list): Order[] => list.map((order, index) => ({ ...order, owner: ownerOf(first + index) })));
}

export const periodStart = fc.bigInt({ min: 0n, max: 2n ** 40n });

export const sheet: fc.Arbitrary<OrderSheet> = fc.record({
  periodStart,
  bids: orders(1, energy, price),
  asks: orders(101, energy, price),
});

/** Every order is for as much, and half a price step is a whole amount. */
export const UNIT_ORDER_MWH = 300_000n;

export const unitSheet: fc.Arbitrary<OrderSheet> = fc.record({
  periodStart,
  bids: orders(1, fc.constant(UNIT_ORDER_MWH), fc.bigInt({ min: 0n, max: 14n }), 1),
  asks: orders(101, fc.constant(UNIT_ORDER_MWH), fc.bigInt({ min: 0n, max: 14n }), 1),
});

export const band: fc.Arbitrary<PriceBand> = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.bigInt({ min: 0n, max: 10n ** 18n }))
  .map(([a, b]) => (a < b ? { tariff: b, feedIn: a } : { tariff: a, feedIn: b }));

export const members: fc.Arbitrary<Member[]> = fc
  .array(fc.tuple(fc.boolean(), fc.oneof(fc.constant(0n), energy)), { minLength: 1, maxLength: 9 })
  .map((list) =>
    list.map(([isBuyer, energyMwh], index) => ({
      owner: ownerOf(index + 1),
      needMwh: isBuyer ? energyMwh : 0n,
      surplusMwh: isBuyer ? 0n : energyMwh,
    })),
  );

/** The same list in another order, and where each element went. */
export function shuffled<T>(
  list: readonly T[],
  seeds: readonly number[],
): { readonly moved: T[]; readonly from: number[] } {
  const from = list.map((_, index) => index);
  from.sort((a, b) => (seeds[a % seeds.length] ?? 0) - (seeds[b % seeds.length] ?? 0) || b - a);
  return { moved: from.map((index) => list[index] as T), from };
}

export const seeds = fc.array(fc.nat(1_000), { minLength: 7, maxLength: 9 });
