/** A week of seventeen real homes under every rule; the figures come from an independent computation. */
import { describe, expect, it } from 'vitest';
import { dollars, fontanaWeek, type WeekPeriod } from '../../testing/fontanaWeek.js';
import { clearMcAfee } from './auction/mcafee.js';
import { clearPayAsBid } from './auction/payAsBid.js';
import { clearUniform } from './auction/uniform.js';
import { type BaselinePeriod, feedInBill, netMeteringBill, timeOfUseBill } from './baselines.js';
import {
  type Bill,
  billsWithSupplier,
  localOfClearing,
  localOfTrades,
  sumBills,
  totalOf,
  totalsOf,
} from './common/bills.js';
import type { Clearing, Order, OrderSheet } from './common/orders.js';
import { amountAt, middleOf, wholePrice } from './common/price.js';
import { smaller, sum } from './common/split.js';
import { continuousBook } from './continuousBook.js';
import { matchPeers } from './peerChoice.js';
import { sharedBills } from './pools/billSharing.js';
import { dynamicCoefficientBills, staticCoefficientBills } from './pools/coefficients.js';
import { midMarketBills } from './pools/midMarket.js';
import { supplyDemandBills } from './pools/supplyDemandRatio.js';
import { truthfulOrders } from './truthful.js';

const PROSUMERS = [1, 4, 7, 10, 13, 16];

type Week = ReturnType<typeof fontanaWeek>;

function baseline({ periods, owners }: Week, rule: (owner: Bill['owner'], periods: BaselinePeriod[]) => Bill): Bill[] {
  return owners.map((owner, home) =>
    rule(
      owner,
      periods.map(({ members, band }) => ({
        needMwh: members[home]?.needMwh ?? 0n,
        surplusMwh: members[home]?.surplusMwh ?? 0n,
        band,
      })),
    ),
  );
}

const byPeriod = (week: Week, rule: (period: WeekPeriod) => Bill[]) => sumBills(week.periods.map(rule));

const auctioned =
  (clear: (sheet: OrderSheet) => Clearing) =>
  (period: WeekPeriod): Bill[] => {
    const sheet = truthfulOrders(period, period.band);
    return billsWithSupplier(period, localOfClearing(period.members, sheet, clear(sheet)), period.band);
  };

/** Sellers place their orders first, home by home, then buyers. */
function booked(period: WeekPeriod): Bill[] {
  const { bids, asks } = truthfulOrders(period, period.band);
  const orders = [...asks, ...bids];
  const { trades } = continuousBook(
    orders.map((place, number) => ({ place, side: number < asks.length ? ('ask' as const) : ('bid' as const) })),
  );
  const between = trades.map(({ resting, incoming, energyMwh, amount }) => ({
    seller: (orders[resting] as Order).owner,
    buyer: (orders[incoming] as Order).owner,
    energyMwh,
    amount,
  }));
  return billsWithSupplier(period, localOfTrades(period.members, between), period.band);
}

/** Every buyer takes from the first seller by number, then from the next, at the sellers' one price in the middle. */
function chosen(period: WeekPeriod): Bill[] {
  const { members, periodStart, band } = period;
  const price = (band.tariff + band.feedIn) / 2n;
  const sellers = members.filter(({ surplusMwh }) => surplusMwh > 0n);
  const ranks = sellers.map(({ owner }) => [{ seller: owner, shareBps: 10_000, maxPrice: price }]);
  const trades = matchPeers({
    periodStart,
    sellers: sellers.map(({ owner, surplusMwh }) => ({ owner, surplusMwh, price, reservedFor: [] })),
    buyers: members.map(({ owner, needMwh }) => ({ owner, needMwh, ranks })),
  });
  return billsWithSupplier(period, localOfTrades(members, trades), band);
}

/** Once for each tariff band of the week. */
function billShared({ periods }: Week): Bill[] {
  const bands = new Map<bigint, WeekPeriod[]>();
  for (const period of periods) bands.set(period.band.tariff, [...(bands.get(period.band.tariff) ?? []), period]);
  return sumBills([...bands.values()].map((same) => sharedBills(same, same[0]?.band ?? { tariff: 0n, feedIn: 0n })));
}

const FULL_RULES: Record<string, (week: Week) => Bill[]> = {
  'uniform auction with truthful agents': (week) => byPeriod(week, auctioned(clearUniform)),
  'pay as bid with truthful agents': (week) => byPeriod(week, auctioned(clearPayAsBid)),
  'continuous book with truthful agents': (week) => byPeriod(week, booked),
  'peers by number': (week) => byPeriod(week, chosen),
  'mid-market rate': (week) => byPeriod(week, (period) => midMarketBills(period, period.band)),
  'supply-demand ratio': (week) => byPeriod(week, (period) => supplyDemandBills(period, period.band)),
  'bill sharing': billShared,
  'dynamic coefficients': (week) =>
    byPeriod(week, (period) =>
      dynamicCoefficientBills(period, period.band, middleOf(period.band.tariff, period.band.feedIn)),
    ),
};

const total = (bills: readonly Bill[]) => sum(bills.map(totalOf));
const suppliers = (bills: readonly Bill[]) => sum(bills.map((bill) => bill.paidToSupplier - bill.gotFromSupplier));

describe('seventeen homes, feed-in 0.05 $', () => {
  const week = fontanaWeek();

  it('costs 716.9623 without a market, 542.3918 with net metering', () => {
    expect(dollars(total(baseline(week, feedInBill)))).toBe('716.9623');
    expect(dollars(total(baseline(week, netMeteringBill)))).toBe('542.3918');
    const registers = total(baseline(week, timeOfUseBill));
    expect(registers).toBeLessThan(total(baseline(week, feedInBill)));
    expect(registers).toBeGreaterThanOrEqual(total(baseline(week, netMeteringBill)));
  });

  it.each(Object.keys(FULL_RULES))('costs 610.8504 with %s', (name) => {
    const bills = FULL_RULES[name]?.(week) ?? [];
    expect(dollars(total(bills))).toBe('610.8504');
    expect(total(bills)).toBe(suppliers(bills));
  });

  it('costs the same to the last unit under rules that settle with the supplier by period', () => {
    const names = Object.keys(FULL_RULES).filter((name) => name !== 'bill sharing');
    const rest = (period: WeekPeriod) => {
      const { needMwh, surplusMwh } = totalsOf(period.members);
      const localMwh = smaller(needMwh, surplusMwh);
      const { tariff, feedIn } = period.band;
      return amountAt(needMwh - localMwh, wholePrice(tariff)) - amountAt(surplusMwh - localMwh, wholePrice(feedIn));
    };
    const expected = sum(week.periods.map(rest));
    expect(names.map((name) => total(FULL_RULES[name]?.(week) ?? []))).toEqual(names.map(() => expected));
  });

  it('leaves kilowatt-hours untraded by static coefficients and by McAfee, and still pays the supplier alone', () => {
    const equal = (period: WeekPeriod) =>
      staticCoefficientBills(
        period,
        period.band,
        middleOf(period.band.tariff, period.band.feedIn),
        period.members.map(() => 1n),
      );
    const whole = sum(byPeriod(week, (period) => midMarketBills(period, period.band)).map((bill) => bill.boughtMwh));
    for (const bills of [byPeriod(week, equal), byPeriod(week, auctioned(clearMcAfee))]) {
      expect(total(bills)).toBe(suppliers(bills) + sum(bills.map((b) => b.paidToNeighbours - b.gotFromNeighbours)));
      expect(sum(bills.map((bill) => bill.boughtMwh))).toBeLessThan(whole);
      expect(sum(bills.map((bill) => bill.boughtMwh))).toBe(sum(bills.map((bill) => bill.soldMwh)));
      expect(total(bills)).toBeGreaterThan(610n * 10n ** 18n);
      expect(total(bills)).toBeLessThan(717n * 10n ** 18n);
    }
  });

  it('leaves somebody worse off by bill sharing', () => {
    const before = baseline(week, feedInBill).map(totalOf);
    const after = billShared(week).map(totalOf);
    expect(after.some((bill, home) => bill > (before[home] ?? 0n))).toBe(true);
    const mid = (FULL_RULES['mid-market rate']?.(week) ?? []).map(totalOf);
    expect(mid.every((bill, home) => bill <= (before[home] ?? 0n))).toBe(true);
  });
});

describe('six prosumers, feed-in 0.05 $', () => {
  const week = fontanaWeek(PROSUMERS);
  const before = baseline(week, feedInBill).map(totalOf);
  const saved = (bills: readonly Bill[]) => {
    const savings = bills.map((bill, home) => (before[home] ?? 0n) - totalOf(bill));
    const own = savings.filter((_, home) => PROSUMERS.includes(home + 1));
    return [dollars(sum(own)), dollars(sum(savings) - sum(own))];
  };

  it('costs 1061.8667 without a market, 970.7888 with one, and as much with net metering', () => {
    expect(dollars(sum(before))).toBe('1061.8667');
    for (const rule of Object.values(FULL_RULES)) expect(dollars(total(rule(week)))).toBe('970.7888');
    expect(dollars(total(baseline(week, netMeteringBill)))).toBe('970.7888');
  });

  it.each([
    ['mid-market rate', ['48.9551', '42.1228']],
    ['supply-demand ratio', ['36.8908', '54.1871']],
    ['bill sharing', ['3.4735', '87.6044']],
  ])('%s: saves prosumers and consumers %j', (name, expected) => {
    expect(saved(FULL_RULES[name]?.(week) ?? [])).toEqual(expected);
  });
});
