/** Random acts of homes in one period of a market with orders. */
import fc from 'fast-check';
import type { OrderRoom } from './orderRoom.js';

/** What a home does: an order, or the taking back of an act by its place, its own or not. */
export type RandomAct =
  | { readonly home: number; readonly isBid: boolean; readonly energyMwh: bigint; readonly price: bigint }
  | { readonly home: number; readonly about: number };

export const HOMES = 8;
/** As the market takes them of a home and period. */
const ACTS_OF_A_HOME = 3;
/** The highest price: the tariff of these tests. */
export const TOP_PRICE = 10n ** 18n;

/** Few prices and sizes, so that they are often equal. */
const price = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: TOP_PRICE }));
const energy = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 20_000_000n }));
const order = fc.record({
  home: fc.integer({ min: 1, max: HOMES }),
  isBid: fc.boolean(),
  energyMwh: energy,
  price,
});
const cancel = fc.record({ home: fc.integer({ min: 1, max: HOMES }), about: fc.nat(12) });

export const randomActs: fc.Arbitrary<RandomAct[]> = fc
  .array(fc.oneof({ weight: 6, arbitrary: order }, { weight: 1, arbitrary: cancel }), { maxLength: 24 })
  .map((acts) => {
    const counts = new Map<number, number>();
    return acts.filter(({ home }) => {
      const count = (counts.get(home) ?? 0) + 1;
      counts.set(home, count);
      return count <= ACTS_OF_A_HOME;
    });
  });

/** Posts acts one by one, in their order. */
export function postAll(room: OrderRoom, number: bigint, acts: readonly RandomAct[]): void {
  for (const act of acts) {
    const { home } = act;
    if ('about' in act) room.post(home, room.cancel(home, act.about, number));
    else room.post(home, room[act.isBid ? 'bid' : 'ask'](home, act.energyMwh, act.price, number));
  }
}

/** The next period that can be posted to. */
export function nextNumber(room: OrderRoom): bigint {
  return (room.vm.nowS + 900n) / 3_600n + 1n;
}
