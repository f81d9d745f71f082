import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../testing/fontanaWeek.js';
import { sheet as anySheet, seeds, shuffled, UNIT_ORDER_MWH, unitSheet } from '../../../testing/marketArbitraries.js';
import { amountOf } from '../../units.js';
import type { Clearing, Fill, Order, OrderSheet } from '../common/orders.js';
import { sum } from '../common/split.js';
import { clearMcAfee } from './mcafee.js';
import { clearPayAsBid } from './payAsBid.js';
import { clearUniform } from './uniform.js';

const RULES: Record<string, (sheet: OrderSheet) => Clearing> = {
  uniform: clearUniform,
  mcafee: clearMcAfee,
  payAsBid: clearPayAsBid,
};

/** Orders written as price and energy, owners in their order. */
const orders = (first: number, ...list: readonly (readonly [price: bigint, energyMwh: bigint])[]): Order[] =>
  list.map(([price, energyMwh], index) => ({ owner: ownerOf(first + index), price, energyMwh }));
const units = (first: number, ...prices: readonly bigint[]) =>
  orders(first, ...prices.map((price) => [price, UNIT_ORDER_MWH] as const));
const energies = (fills: Clearing['bids']) => fills.map(({ energyMwh }) => energyMwh);

describe('worked vectors', () => {
  const sheet: OrderSheet = {
    periodStart: 0n,
    bids: orders(1, [300n, 1200n], [260n, 900n], [220n, 700n], [220n, 500n], [150n, 1000n]),
    asks: orders(11, [80n, 1000n], [120n, 1500n], [200n, 300n], [240n, 2000n]),
  };

  it('uniform: 2800 at 210, the marginal bids share 700 as 408 and 292', () => {
    const { price, bids, asks } = clearUniform(sheet);
    expect(price).toEqual({ numerator: 420n, denominator: 2n });
    expect(energies(bids)).toEqual([1200n, 900n, 408n, 292n, 0n]);
    expect(energies(asks)).toEqual([1000n, 1500n, 300n, 0n]);
    expect(sum(bids.map(({ amount }) => amount))).toBe((2800n * 210n) / 150_000n);
  });

  it('McAfee: prices × 10: two pairs at 875', () => {
    const clearing = clearMcAfee({
      periodStart: 0n,
      bids: units(1, 1000n, 900n, 800n, 700n, 600n),
      asks: units(11, 800n, 850n, 950n, 1000n, 1100n),
    });
    expect(clearing.buyPrice).toEqual({ numerator: 1750n, denominator: 2n });
    expect(clearing.bids.map(({ amount }) => amount)).toEqual([1750n, 1750n, 0n, 0n, 0n]);
    expect(clearing.asks.map(({ amount }) => amount)).toEqual([1750n, 1750n, 0n, 0n, 0n]);
    expect(clearing.toFund).toBe(0n);
  });

  it('McAfee: buyers 8, sellers 7, the surplus of 2 to the fund', () => {
    const clearing = clearMcAfee({
      periodStart: 0n,
      bids: units(1, 10n, 9n, 8n, 3n),
      asks: units(11, 1n, 2n, 7n, 20n),
    });
    expect(clearing.buyPrice).toEqual({ numerator: 8n, denominator: 1n });
    expect(clearing.sellPrice).toEqual({ numerator: 7n, denominator: 1n });
    expect(energies(clearing.bids)).toEqual([UNIT_ORDER_MWH, UNIT_ORDER_MWH, 0n, 0n]);
    expect(clearing.toFund).toBe(2n * 2n);
  });

  it('McAfee with sizes: the orders before the marginal ones trade the smaller sum, the long side pro rata', () => {
    const bids = orders(1, [10n, 300_000n], [9n, 600_000n], [8n, 150_000n]);
    const asks = orders(11, [1n, 450_000n], [2n, 150_000n], [7n, 600_000n]);
    const clearing = clearMcAfee({ periodStart: 0n, bids, asks });
    expect(energies(clearing.bids)).toEqual([200_000n, 400_000n, 0n]);
    expect(energies(clearing.asks)).toEqual([450_000n, 150_000n, 0n]);
    expect([sum(clearing.bids.map((fill) => fill.amount)), sum(clearing.asks.map((fill) => fill.amount))]).toEqual([
      32n,
      28n,
    ]);
  });

  it('pay as bid: each pair in its middle, rounded down', () => {
    const { pairs } = clearPayAsBid(sheet);
    expect(pairs.map(({ bid, ask, energyMwh }) => [bid, ask, energyMwh]).slice(0, 3)).toEqual([
      [0, 0, 1000n],
      [0, 1, 200n],
      [1, 1, 900n],
    ]);
    const one = clearPayAsBid({ periodStart: 0n, bids: orders(1, [8n, 150_000n]), asks: orders(2, [3n, 150_000n]) });
    expect(one.pairs).toEqual([{ bid: 0, ask: 0, energyMwh: 150_000n, amount: 5n }]);
  });

  it('nobody trades where no bid reaches an ask, and an order of nothing is refused', () => {
    const apart: OrderSheet = { periodStart: 0n, bids: units(1, 4n), asks: units(2, 5n) };
    for (const clear of Object.values(RULES)) {
      expect(energies(clear(apart).bids)).toEqual([0n]);
      expect(() => clear({ ...apart, bids: orders(1, [4n, 0n]) })).toThrow('0 mWh');
    }
  });
});

describe.each(Object.entries(RULES))('%s: claimed yes', (name, clear) => {
  it('budget balance: what buyers pay is what sellers and the fund get; energy too', () => {
    fc.assert(
      fc.property(anySheet, (sheet) => {
        const { bids, asks, toFund } = clear(sheet);
        expect(sum(bids.map(({ amount }) => amount))).toBe(sum(asks.map(({ amount }) => amount)) + toFund);
        expect(sum(energies(bids))).toBe(sum(energies(asks)));
        expect(toFund >= 0n && (name === 'mcafee' || toFund === 0n)).toBe(true);
        expect(bids.every(({ energyMwh }, i) => energyMwh <= (sheet.bids[i]?.energyMwh ?? 0n))).toBe(true);
        expect(asks.every(({ energyMwh }, i) => energyMwh <= (sheet.asks[i]?.energyMwh ?? 0n))).toBe(true);
      }),
    );
  });

  it('individual rationality, to one unit: no bid pays more, no ask gets less than its limit', () => {
    fc.assert(
      fc.property(anySheet, (sheet) => {
        const { bids, asks } = clear(sheet);
        // A pay-as-bid order has a rounding for each of its pairs.
        const roundings = name === 'payAsBid' ? BigInt(sheet.bids.length) : 1n;
        const most = (fill: Fill, i: number) => amountOf(fill.energyMwh, sheet.bids[i]?.price) + 1n;
        const least = (fill: Fill, i: number) => amountOf(fill.energyMwh, sheet.asks[i]?.price) - roundings;
        expect(bids.every((fill, i) => fill.amount <= most(fill, i))).toBe(true);
        expect(asks.every((fill, i) => fill.amount >= least(fill, i))).toBe(true);
      }),
    );
  });

  it('independence of arrival: every order gets the same in any order of orders', () => {
    fc.assert(
      fc.property(anySheet, seeds, (sheet, order) => {
        const { bids, asks, toFund } = clear(sheet);
        const [movedBids, movedAsks] = [shuffled(sheet.bids, order), shuffled(sheet.asks, order)];
        const moved = clear({ ...sheet, bids: movedBids.moved, asks: movedAsks.moved });
        expect(moved.bids).toEqual(movedBids.from.map((index) => bids[index]));
        expect(moved.asks).toEqual(movedAsks.from.map((index) => asks[index]));
        expect(moved.toFund).toBe(toFund);
      }),
    );
  });

  it('scaling all units moves no energy by more than 1 mWh, and no money by more than a unit beside that', () => {
    const [a, c] = [1_000n, 10_000n];
    const scale = (list: readonly Order[]) =>
      list.map((order) => ({ ...order, energyMwh: order.energyMwh * a, price: order.price * c }));
    fc.assert(
      fc.property(anySheet, (sheet) => {
        const small = clear(sheet);
        const large = clear({ ...sheet, bids: scale(sheet.bids), asks: scale(sheet.asks) });
        for (const side of ['bids', 'asks'] as const) {
          const dearest = sheet.bids.reduce((most, { price }) => (price > most ? price : most), 0n);
          small[side].forEach(({ energyMwh, amount }, i) => {
            const scaled = large[side][i] ?? { energyMwh: 0n, amount: 0n };
            const movedMwh = scaled.energyMwh - energyMwh * a;
            expect(movedMwh < a && -movedMwh < a).toBe(true);
            const moved = scaled.amount / (a * c) - amount;
            const ofEnergy = movedMwh === 0n ? 0n : dearest / 150_000n + 1n;
            const roundings = name === 'payAsBid' ? BigInt(sheet[side === 'bids' ? 'asks' : 'bids'].length) : 1n;
            expect(moved <= roundings + ofEnergy && -moved <= roundings + ofEnergy).toBe(true);
          });
        }
      }),
    );
  });
});

/** What an owner gains: for energy beyond its true size nothing, below it its true price. */
function gain(clearing: Clearing, side: 'bids' | 'asks', position: number, truth: Order): bigint {
  const fill = clearing[side][position] ?? { energyMwh: 0n, amount: 0n };
  const worth = amountOf(fill.energyMwh < truth.energyMwh ? fill.energyMwh : truth.energyMwh, truth.price);
  return side === 'bids' ? worth - fill.amount : fill.amount - worth;
}

function lie(sheet: OrderSheet, side: 'bids' | 'asks', position: number, told: Partial<Order>): OrderSheet {
  return { ...sheet, [side]: sheet[side].map((order, index) => (index === position ? { ...order, ...told } : order)) };
}

describe('truthfulness', () => {
  it('mcafee, yes for unit orders: no other price gains more than the true one', () => {
    fc.assert(
      fc.property(
        unitSheet,
        fc.constantFrom('bids', 'asks'),
        fc.nat(100),
        fc.bigInt({ min: 0n, max: 16n }),
        (sheet, side, pick, price) => {
          const position = pick % sheet[side].length;
          const truth = sheet[side][position] as Order;
          const honest = gain(clearMcAfee(sheet), side, position, truth);
          expect(gain(clearMcAfee(lie(sheet, side, position, { price })), side, position, truth) <= honest).toBe(true);
        },
      ),
      { numRuns: 800 },
    );
  });

  it('mcafee, no for other sizes: a large seller is the marginal order, and sells only by offering less', () => {
    const bids = units(1, 10n, 9n, 8n);
    const asks = orders(11, [1n, 3n * UNIT_ORDER_MWH], [5n, UNIT_ORDER_MWH]);
    const sheet: OrderSheet = { periodStart: 0n, bids, asks };
    const truth = asks[0] as Order;
    expect(gain(clearMcAfee(sheet), 'asks', 0, truth)).toBe(0n);
    expect(gain(clearMcAfee(lie(sheet, 'asks', 0, { energyMwh: 2n * UNIT_ORDER_MWH })), 'asks', 0, truth)).toBe(16n);
  });

  it('uniform, no: the marginal buyer pays less by saying less', () => {
    const sheet: OrderSheet = { periodStart: 0n, bids: units(1, 10n), asks: units(2, 2n) };
    const truth = sheet.bids[0] as Order;
    expect(gain(clearUniform(sheet), 'bids', 0, truth)).toBe(8n);
    expect(gain(clearUniform(lie(sheet, 'bids', 0, { price: 4n })), 'bids', 0, truth)).toBe(14n);
  });

  it('pay as bid, no: every buyer pays less by saying less', () => {
    const sheet: OrderSheet = { periodStart: 0n, bids: units(1, 10n, 9n), asks: units(11, 2n, 2n) };
    const truth = sheet.bids[0] as Order;
    expect(gain(clearPayAsBid(sheet), 'bids', 0, truth)).toBe(8n);
    expect(gain(clearPayAsBid(lie(sheet, 'bids', 0, { price: 3n })), 'bids', 0, truth)).toBe(15n);
  });
});
