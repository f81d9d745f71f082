import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOMES, nextNumber, postAll, randomActs, TOP_PRICE } from '../../testing/orderArbitraries.js';
import { FIRST, OrderRoom, startOf, UNIT } from '../../testing/orderRoom.js';
import { type BookAct, continuousBook } from '../mechanism/continuousBook.js';
import { ACT_KINDS, actFields } from './orderActs.js';

const roomOf = (homes = HOMES) =>
  new OrderRoom({
    contract: 'ContinuousBook',
    homes,
    prices: { tariff: TOP_PRICE, feedIn: 0n },
    deposit: 10n ** 6n * UNIT,
  });

/** Acts as the pure rule takes them: a taking back that does not count is left out, places are counted anew. */
function bookOf(
  room: OrderRoom,
  number: bigint,
): { readonly acts: readonly BookAct[]; readonly places: readonly number[] } {
  const fields = room.acts(number).map(actFields);
  const places: number[] = [];
  const acts: BookAct[] = [];
  fields.forEach(({ kind, about, member, energyMwh, price }, place) => {
    if (kind === ACT_KINDS.cancel) {
      const order = places.indexOf(Number(about));
      if (order < 0 || fields[Number(about)]?.member !== member || 'cancel' in (acts[order] as BookAct)) return;
      acts.push({ cancel: order });
    } else {
      const owner = room.ownerOf(member);
      acts.push({ place: { owner, energyMwh, price }, side: kind === ACT_KINDS.bid ? 'bid' : 'ask' });
    }
    places.push(place);
  });
  return { acts, places };
}

/** A trade's word in its fields, with places of the acts. */
const tradeFields = (word: bigint) => ({
  resting: Number(word >> 240n),
  incoming: Number((word >> 224n) & 0xffffn),
  energyMwh: (word >> 160n) & ((1n << 64n) - 1n),
  amount: word & ((1n << 160n) - 1n),
});

describe('a continuous book', () => {
  it('trades as the pure rule, trade by trade, to the last unit', () => {
    const room = roomOf();
    fc.assert(
      fc.property(randomActs, (acts) => {
        const number = nextNumber(room);
        room.vm.nowS = startOf(number) - 3_600n;
        postAll(room, number, acts);
        if (room.acts(number).length === 0) return;
        const { acts: own, places } = bookOf(room, number);
        const { trades } = continuousBook(own);
        const { fills, trades: told } = room.clear(room.clearArgs(number, []));
        expect(told.map(tradeFields)).toEqual(
          trades.map(({ resting, incoming, energyMwh, amount }) => ({
            resting: places[resting],
            incoming: places[incoming],
            energyMwh,
            amount,
          })),
        );
        fills.forEach((fill, place) => {
          const mine = trades.filter(({ resting, incoming }) => [places[resting], places[incoming]].includes(place));
          expect(fill.energyMwh).toBe(mine.reduce((sum, { energyMwh }) => sum + energyMwh, 0n));
          expect(fill.amount).toBe(mine.reduce((sum, { amount }) => sum + amount, 0n));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('settles what was traded before an order was taken back', () => {
    const room = roomOf(3);
    room.post(1, room.ask(1, 300_000n, 8n));
    room.post(2, room.bid(2, 150_000n, 9n));
    room.post(1, room.cancel(1, 0));
    room.post(3, room.bid(3, 150_000n, 9n));
    const { fills } = room.clear(room.clearArgs(FIRST, []));
    expect(fills.map(({ energyMwh }) => energyMwh)).toEqual([150_000n, 150_000n, 0n, 0n]);
    room.report([-150_000n, 150_000n, 0n]);
    room.settle();
    expect([1, 2, 3].map((n) => room.gain(n))).toEqual([8n, -8n, 0n]);
    expect(room.isBalanced()).toBe(true);
  });

  it('depends on who comes first: a miner who turns the acts around changes prices', () => {
    const paid = (order: readonly number[]) => {
      const room = roomOf(2);
      for (const n of order) room.post(n, n === 1 ? room.bid(1, 150_000n, 9n) : room.ask(2, 150_000n, 3n));
      const { fills } = room.clear(room.clearArgs(FIRST, []));
      return fills.find(({ member }) => member === 1n)?.amount;
    };
    expect(paid([1, 2])).toBe(9n);
    expect(paid([2, 1])).toBe(3n);
  });

  it('has no sealed orders, and takes no other list of acts', () => {
    const sealed = { contract: 'ContinuousBook', homes: 1, revealBlocks: 12n } as const;
    expect(() => new OrderRoom(sealed)).toThrow('its orders are open');
    const room = roomOf(2);
    room.post(1, room.bid(1, 150_000n, 9n));
    room.post(2, room.ask(2, 150_000n, 3n));
    room.closeGate();
    const turned = [FIRST, room.hint, room.acts().toReversed()];
    expect(room.vm.refusal(room.anyone, room.market, 'clear', turned)).toMatch(/^AnotherSheet/);
  });
});
