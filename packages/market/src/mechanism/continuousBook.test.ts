import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../testing/fontanaWeek.js';
import { amountOf } from '../units.js';
import { sum } from './common/split.js';
import { type BookAct, continuousBook } from './continuousBook.js';

const place = (side: 'bid' | 'ask', price: bigint, energyMwh: bigint, home = 1): BookAct => ({
  side,
  place: { owner: ownerOf(home), price, energyMwh },
});
const order = fc
  .tuple(
    fc.constantFrom('bid' as const, 'ask' as const),
    fc.bigInt({ min: 0n, max: 9n }),
    fc.bigInt({ min: 1n, max: 10n ** 7n }),
  )
  .map(([side, price, energyMwh]): BookAct => place(side, price, energyMwh));
/** Orders, some of which are taken back later. */
const acts = fc.array(fc.tuple(order, fc.nat(5), fc.nat(100)), { maxLength: 12 }).map((list) => {
  const made: BookAct[] = [];
  const placed: number[] = [];
  for (const [act, kind, which] of list) {
    if (kind === 0 && placed.length > 0) made.push({ cancel: placed[which % placed.length] ?? 0 });
    else placed.push(made.push(act) - 1);
  }
  return made;
});
const orderOf = (act: BookAct | undefined) => (act !== undefined && 'place' in act ? act : undefined);

describe('continuous book', () => {
  it('trades at the resting price, the best price first, the earliest of equals first; the remainder rests', () => {
    const { trades, restingMwh } = continuousBook([
      place('ask', 7n, 150_000n),
      place('ask', 5n, 150_000n),
      place('ask', 5n, 150_000n),
      place('bid', 6n, 400_000n),
      place('bid', 9n, 100_000n),
      place('ask', 1n, 200_000n),
    ]);
    expect(trades).toEqual([
      { resting: 1, incoming: 3, energyMwh: 150_000n, price: 5n, amount: 5n },
      { resting: 2, incoming: 3, energyMwh: 150_000n, price: 5n, amount: 5n },
      { resting: 0, incoming: 4, energyMwh: 100_000n, price: 7n, amount: 4n },
      { resting: 3, incoming: 5, energyMwh: 100_000n, price: 6n, amount: 4n },
    ]);
    expect(restingMwh).toEqual([50_000n, 0n, 0n, 0n, 0n, 100_000n]);
  });

  it('a cancelled order trades no more; what is no order is not cancelled', () => {
    const { trades, restingMwh } = continuousBook([
      place('ask', 5n, 100n),
      { cancel: 0 },
      place('bid', 9n, 100n),
      { cancel: 2 },
      { cancel: 2 },
    ]);
    expect([trades, restingMwh]).toEqual([[], [0n, 0n, 0n, 0n, 0n]]);
    expect(() => continuousBook([{ cancel: 0 }])).toThrow('cancels 0');
    expect(() => continuousBook([place('bid', 5n, 0n)])).toThrow('0 mWh');
  });

  it('budget balance and individual rationality, yes; what trades, rests or was taken back is the order', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const { trades, restingMwh } = continuousBook(list);
        for (const { resting, incoming, energyMwh, price, amount } of trades) {
          const [first, second] = [orderOf(list[resting]), orderOf(list[incoming])];
          const [bid, ask] = first?.side === 'bid' ? [first, second] : [second, first];
          expect([bid?.side, ask?.side]).toEqual(['bid', 'ask']);
          expect(price).toBe(first?.place.price);
          expect(
            amount <= amountOf(energyMwh, bid?.place.price) && amount >= amountOf(energyMwh, ask?.place.price),
          ).toBe(true);
        }
        list.forEach((act, number) => {
          if (!('place' in act)) return;
          const traded = sum(
            trades.filter((t) => t.resting === number || t.incoming === number).map(({ energyMwh }) => energyMwh),
          );
          const left = act.place.energyMwh - traded;
          const isCancelled = list.some((other) => 'cancel' in other && other.cancel === number);
          expect(restingMwh[number]).toBe(isCancelled ? 0n : left);
          expect(left >= 0n).toBe(true);
        });
        // Nothing that could trade is left.
        const open = (side: 'bid' | 'ask') =>
          list.flatMap((act, n) =>
            'place' in act && act.side === side && (restingMwh[n] ?? 0n) > 0n ? [act.place.price] : [],
          );
        for (const bid of open('bid')) for (const ask of open('ask')) expect(bid < ask).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('independence of arrival, no: who comes first sets the price', () => {
    const [bid, ask] = [place('bid', 9n, 150_000n), place('ask', 3n, 150_000n)];
    expect(continuousBook([bid, ask]).trades[0]?.amount).toBe(9n);
    expect(continuousBook([ask, bid]).trades[0]?.amount).toBe(3n);
  });

  it('truthfulness, no: a resting buyer pays less by saying less', () => {
    const pays = (limit: bigint) =>
      continuousBook([place('bid', limit, 150_000n), place('ask', 3n, 150_000n)]).trades[0]?.amount;
    expect([pays(9n), pays(4n)]).toEqual([9n, 4n]);
  });
});
