import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNIT_ORDER_MWH } from '../../testing/marketArbitraries.js';
import { HOMES, nextNumber, postAll, randomActs, TOP_PRICE } from '../../testing/orderArbitraries.js';
import { FIRST, OrderRoom, plain, startOf, UNIT } from '../../testing/orderRoom.js';
import { clearMcAfee } from '../mechanism/auction/mcafee.js';
import { clearPayAsBid } from '../mechanism/auction/payAsBid.js';
import { clearUniform } from '../mechanism/auction/uniform.js';
import type { Clearing, OrderSheet } from '../mechanism/common/orders.js';
import { sum } from '../mechanism/common/split.js';
import type { FillFields } from './orderActs.js';

const PRICES = { tariff: TOP_PRICE, feedIn: 0n };
const TWINS: readonly (readonly [string, number, (sheet: OrderSheet) => Clearing])[] = [
  ['uniform', 0, clearUniform],
  ['mcafee', 1, clearMcAfee],
  ['payAsBid', 2, clearPayAsBid],
];

const roomOf = (pricing: number, homes: number) =>
  new OrderRoom({ contract: 'CallAuction', homes, args: [pricing], prices: PRICES, deposit: 10n ** 6n * UNIT });

/** Posts bids of the first homes and asks of those behind them, written as price and energy, and clears. */
function cleared(pricing: number, bids: readonly (readonly [bigint, bigint])[], asks: typeof bids) {
  const room = roomOf(pricing, bids.length + asks.length);
  for (const [i, [price, energyMwh]] of bids.entries()) room.post(i + 1, room.bid(i + 1, energyMwh, price));
  for (const [i, [price, energyMwh]] of asks.entries()) {
    const n = bids.length + i + 1;
    room.post(n, room.ask(n, energyMwh, price));
  }
  const { fills } = room.clear();
  return { room, bids: fills.slice(0, bids.length), asks: fills.slice(bids.length) };
}

const energies = (fills: readonly FillFields[]) => fills.map(({ energyMwh }) => energyMwh);
const amounts = (fills: readonly FillFields[]) => fills.map(({ amount }) => amount);
const units = (...prices: readonly bigint[]) => prices.map((price) => [price, UNIT_ORDER_MWH] as const);

describe('worked vectors', () => {
  it('uniform: 2800 at 210; the marginal bids share 700, as 408 and 292 or by their ties', () => {
    const { bids, asks } = cleared(
      0,
      [
        [300n, 1200n],
        [260n, 900n],
        [220n, 700n],
        [220n, 500n],
        [150n, 1000n],
      ],
      [
        [80n, 1000n],
        [120n, 1500n],
        [200n, 300n],
        [240n, 2000n],
      ],
    );
    expect(energies(bids)).toEqual([1200n, 900n, 408n, 292n, 0n]);
    expect(energies(asks)).toEqual([1000n, 1500n, 300n, 0n]);
    expect(sum(amounts(bids))).toBe((2800n * 210n) / 150_000n);
    expect(sum(amounts(asks))).toBe((2800n * 210n) / 150_000n);
  });

  it('McAfee: prices × 10: two pairs at 875', () => {
    const { bids, asks } = cleared(1, units(1000n, 900n, 800n, 700n, 600n), units(800n, 850n, 950n, 1000n, 1100n));
    expect(amounts(bids)).toEqual([1750n, 1750n, 0n, 0n, 0n]);
    expect(amounts(asks)).toEqual([1750n, 1750n, 0n, 0n, 0n]);
  });

  it('McAfee: buyers pay 8, sellers get 7, the surplus of 2 goes to the fund', () => {
    const { room, bids, asks } = cleared(1, units(10n, 9n, 8n, 3n), units(1n, 2n, 7n, 20n));
    expect(amounts(bids)).toEqual([16n, 16n, 0n, 0n]);
    expect(amounts(asks)).toEqual([14n, 14n, 0n, 0n]);
    room.report([UNIT_ORDER_MWH, UNIT_ORDER_MWH, 0n, 0n, -UNIT_ORDER_MWH, -UNIT_ORDER_MWH]);
    room.settle();
    expect(room.fundBalance).toBe(4n);
    expect([1, 2, 5, 6].map((n) => room.gain(n))).toEqual([-16n, -16n, 14n, 14n]);
    expect(room.isBalanced()).toBe(true);
  });

  it('pay as bid: each pair in its middle, rounded down', () => {
    const { bids, asks } = cleared(2, [[8n, 150_000n]], [[3n, 150_000n]]);
    expect([...amounts(bids), ...amounts(asks)]).toEqual([5n, 5n]);
  });
});

describe.each(TWINS)('%s', (_name, pricing, twin) => {
  it('gives every order what the pure rule gives it, to the last unit', () => {
    const room = roomOf(pricing, HOMES);
    fc.assert(
      fc.property(randomActs, (acts) => {
        const number = nextNumber(room);
        room.vm.nowS = startOf(number) - 3_600n;
        postAll(room, number, acts);
        if (room.acts(number).length === 0) return;
        const { bids, asks } = room.standing(number);
        const expected = twin({ periodStart: startOf(number), bids: bids.map(plain), asks: asks.map(plain) });
        const { fills } = room.clear(room.clearArgs(number));
        const got = (orders: typeof bids) =>
          orders.map(({ place }) => ({ energyMwh: fills[place]?.energyMwh, amount: fills[place]?.amount }));
        expect(got(bids)).toEqual(expected.bids);
        expect(got(asks)).toEqual(expected.asks);
        const stand = new Set([...bids, ...asks].map(({ place }) => place));
        expect(fills.every((fill, place) => stand.has(place) || (fill.energyMwh === 0n && fill.amount === 0n))).toBe(
          true,
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('who comes first', () => {
  it('does not matter: a miner who turns the acts around changes nothing', () => {
    const orders = [
      [1, 'bid', 900n, 9n],
      [2, 'bid', 700n, 9n],
      [3, 'ask', 1_000n, 2n],
      [4, 'ask', 450n, 9n],
    ] as const;
    const fillsOf = (list: readonly (typeof orders)[number][]) => {
      const room = roomOf(0, 4);
      for (const [home, side, energyMwh, price] of list) {
        room.post(home, room[side](home, energyMwh * 1_000n, price * 10n ** 15n));
      }
      return room.clear().fills.toSorted((a, b) => Number(a.member - b.member));
    };
    const fills = fillsOf(orders);
    expect(sum(energies(fills))).toBeGreaterThan(0n);
    expect(fillsOf(orders.toReversed())).toEqual(fills);
  });
});

describe('what is handed in', () => {
  const room = roomOf(0, 4);
  room.post(1, room.bid(1, 1_000n, 9n));
  room.post(2, room.bid(2, 1_000n, 9n), room.bid(2, 500n, 9n));
  room.post(3, room.ask(3, 800n, 2n));
  room.post(4, room.ask(4, 900n, 3n));
  const acts = room.acts();
  const places = (() => {
    const words = room.rankingArgs();
    return acts.map((_, i) => Number(((words[0] as bigint) >> BigInt(16 * i)) & 0xffffn));
  })();
  const clearing = (list: readonly bigint[], ranking: readonly number[]) => {
    room.closeGate();
    const word = ranking.reduce((all, place, i) => all | (BigInt(place) << BigInt(16 * i)), 0n);
    return room.vm.refusal(room.anyone, room.market, 'clear', [FIRST, room.hint, list, [word]]);
  };
  const swapped = <T>(list: readonly T[], a: number, b: number) =>
    list.map((item, i) => (i === a ? (list[b] as T) : i === b ? (list[a] as T) : item));

  it('must be all acts in their order', () => {
    const [first = 0n, ...rest] = acts;
    const changed = room.bid(1, 1_000n, 10n);
    for (const list of [rest, acts.slice(0, -1), [...acts, first], swapped(acts, 0, 3), [changed, ...rest], []]) {
      expect(clearing(list, places)).toBe(`AnotherSheet(${FIRST}, ${list.length})`);
    }
  });

  it('must be ranked as the contract ranks: each order once, each side in its order', () => {
    for (const i of [0, 1, 3]) expect(clearing(acts, swapped(places, i, i + 1))).toMatch(/^NotRanked/);
    expect(clearing(acts, swapped(places, 2, 3))).toMatch(/^NotRanked\(2, /);
    expect(clearing(acts, [places[0] as number, ...places.slice(0, -1)])).toMatch(/^NotRanked\(1, /);
    expect(clearing(acts, [...places.slice(0, -1), 65_535])).toBe('NotRanked(4, 65535)');
    room.closeGate();
    expect(room.vm.refusal(room.anyone, room.market, 'clear', [FIRST, room.hint, acts, []])).toContain('Panic');
  });

  it('is cleared once, and settled by what came out alone', () => {
    expect(room.vm.refusal(room.anyone, room.market, 'clear', [FIRST + 1n, room.hint, [], []])).toMatch(/^GateOpen/);
    room.report([1_000n, 1_000n, -800n, -900n]);
    const settling = (fills: readonly bigint[]) =>
      room.vm.refusal(room.anyone, room.market, 'settle', room.settleArgs([fills]));
    expect(settling([])).toBe(`NotCleared(${FIRST})`);
    room.clear();
    expect(room.vm.refusal(room.anyone, room.market, 'clear', room.clearArgs())).toBe(`ClearedAlready(${FIRST})`);
    const fills = room.fills();
    for (const forged of [[], fills.slice(1), swapped(fills, 0, 1), [...fills, 0n]]) {
      expect(settling(forged)).toBe(`AnotherResult(${FIRST})`);
    }
    room.settle();
    expect(settling(fills)).toMatch(/^NotNext/);
    expect(room.isBalanced()).toBe(true);
  });
});
