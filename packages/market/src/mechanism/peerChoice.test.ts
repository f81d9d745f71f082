import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../testing/fontanaWeek.js';
import { periodStart, seeds, shuffled } from '../../testing/marketArbitraries.js';
import { amountOf } from '../units.js';
import { sum } from './common/split.js';
import {
  matchPeers,
  type PeerBuyer,
  type PeerPeriod,
  type PeerSeller,
  type PeerSource,
  whoSupplied,
} from './peerChoice.js';

const seller = (home: number, surplusMwh: bigint, price: bigint, ...reservedFor: number[]): PeerSeller => ({
  owner: ownerOf(home),
  surplusMwh,
  price,
  reservedFor: reservedFor.map(ownerOf),
});
const source = (home: number, shareBps = 10_000, maxPrice = 100n): PeerSource => ({
  seller: ownerOf(home),
  shareBps,
  maxPrice,
});
const buyer = (home: number, needMwh: bigint, ...ranks: PeerSource[][]): PeerBuyer => ({
  owner: ownerOf(home),
  needMwh,
  ranks,
});
const told = (period: Omit<PeerPeriod, 'periodStart'>) =>
  matchPeers({ periodStart: 0n, ...period }).map((t) => [
    Number(t.seller),
    Number(t.buyer),
    t.rank,
    t.energyMwh,
    t.amount,
  ]);

describe('peer choice', () => {
  it('first choices share a short seller pro rata; the unfilled part goes to second choices, then to the supplier', () => {
    const sellers = [seller(1, 300_000n, 5n), seller(2, 150_000n, 7n)];
    const buyers = [buyer(11, 300_000n, [source(1)], [source(2)]), buyer(12, 600_000n, [source(1)])];
    const trades = matchPeers({ periodStart: 0n, sellers, buyers });
    expect(told({ sellers, buyers })).toEqual([
      [1, 11, 1, 100_000n, 3n],
      [1, 12, 1, 200_000n, 6n],
      [2, 11, 2, 150_000n, 7n],
    ]);
    expect(whoSupplied(buyers[0] as PeerBuyer, trades, 30n)).toEqual([
      { seller: ownerOf(1), energyMwh: 100_000n, amount: 3n },
      { seller: ownerOf(2), energyMwh: 150_000n, amount: 7n },
      { seller: undefined, energyMwh: 50_000n, amount: 10n },
    ]);
  });

  it('shares of one rank split a need, and what they leave open is not asked for', () => {
    const sellers = [seller(1, 1_000n, 1n), seller(2, 1_000n, 1n), seller(3, 1_000n, 1n)];
    const thirds = [source(1, 3_000), source(2, 3_000), source(3, 3_000)];
    expect(told({ sellers, buyers: [buyer(11, 1_000n, thirds)] }).map(([, , , energyMwh]) => energyMwh)).toEqual([
      300n,
      300n,
      300n,
    ]);
  });

  it('a reserved seller, and one that is dearer than the buyer pays, does not sell; a gift costs nothing', () => {
    const sellers = [seller(1, 100n, 1n, 12), seller(2, 100n, 9n), seller(3, 100n, 0n, 11)];
    const buyers = [buyer(11, 400n, [source(1)], [source(2, 10_000, 8n)], [source(3)])];
    expect(told({ sellers, buyers })).toEqual([[3, 11, 3, 100n, 0n]]);
  });

  it('refuses shares of more than the whole, and a seller twice in a rank', () => {
    const sellers = [seller(1, 100n, 1n)];
    const refused =
      (...sources: PeerSource[]) =>
      () =>
        told({ sellers, buyers: [buyer(11, 100n, sources)] });
    expect(refused(source(1, 6_000), source(2, 6_000))).toThrow('6000, 6000');
    expect(refused(source(1, 2_000), source(1, 2_000))).toThrow('rank 1');
    expect(refused(source(1, 0.5))).toThrow('0.5');
    expect(() => told({ sellers: [...sellers, ...sellers], buyers: [] })).toThrow('stands twice');
    expect(() => told({ sellers, buyers: [buyer(11, -1n)] })).toThrow('needs -1 mWh');
  });

  const energy = fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 10n ** 7n }));
  const price = fc.bigInt({ min: 0n, max: 9n });
  const ranks = fc.array(
    fc.uniqueArray(fc.record({ home: fc.integer({ min: 1, max: 5 }), max: price }), {
      selector: (s) => s.home,
      maxLength: 3,
    }),
    { maxLength: 3 },
  );
  const period: fc.Arbitrary<PeerPeriod> = fc.record({
    periodStart,
    sellers: fc
      .array(fc.tuple(energy, price, fc.subarray([11, 12, 13])), { maxLength: 5 })
      .map((list) => list.map(([surplus, own, reserved], index) => seller(index + 1, surplus, own, ...reserved))),
    buyers: fc
      .array(fc.tuple(energy, ranks), { maxLength: 4 })
      .map((list) =>
        list.map(([need, choices], index) =>
          buyer(11 + index, need, ...choices.map((rank) => rank.map(({ home, max }) => source(home, 3_333, max)))),
        ),
      ),
  });

  it('budget balance and individual rationality, yes: within needs and surpluses, at the seller’s price, never above the buyer’s', () => {
    fc.assert(
      fc.property(period, (one) => {
        const trades = matchPeers(one);
        const traded = (side: 'seller' | 'buyer', owner: string) =>
          sum(trades.filter((trade) => trade[side] === owner).map(({ energyMwh }) => energyMwh));
        for (const { owner, surplusMwh } of one.sellers) expect(traded('seller', owner) <= surplusMwh).toBe(true);
        for (const own of one.buyers) {
          expect(traded('buyer', own.owner) <= own.needMwh).toBe(true);
          const lines = whoSupplied(own, trades, 10n);
          expect(sum(lines.map(({ energyMwh }) => energyMwh))).toBe(own.needMwh);
        }
        for (const trade of trades) {
          const from = one.sellers.find(({ owner }) => owner === trade.seller);
          const to = one.buyers.find(({ owner }) => owner === trade.buyer);
          const chosen = to?.ranks[trade.rank - 1]?.find((s) => s.seller === trade.seller);
          expect(trade.amount).toBe(amountOf(trade.energyMwh, from?.price));
          expect((chosen?.maxPrice ?? -1n) >= (from?.price ?? 0n)).toBe(true);
          expect(from?.reservedFor.length === 0 || from?.reservedFor.includes(trade.buyer)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('independence of arrival, yes', () => {
    const sorted = (one: PeerPeriod) =>
      matchPeers(one)
        .map((t) => `${t.seller} ${t.buyer} ${t.rank} ${t.energyMwh} ${t.amount}`)
        .sort();
    fc.assert(
      fc.property(period, seeds, (one, order) => {
        const moved = {
          ...one,
          sellers: shuffled(one.sellers, order).moved,
          buyers: shuffled(one.buyers, order).moved,
        };
        expect(sorted(moved)).toEqual(sorted(one));
      }),
    );
  });

  it('truthfulness, no: an only seller gets more by asking for more', () => {
    const gets = (price: bigint) =>
      told({ sellers: [seller(1, 150_000n, price)], buyers: [buyer(11, 150_000n, [source(1)])] })[0]?.[4];
    expect([gets(5n), gets(90n)]).toEqual([5n, 90n]);
  });
});
