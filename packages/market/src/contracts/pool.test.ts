import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CommunityVm,
  gridOperator,
  startOf,
  supplier,
  type TestPrices,
  type TestReading,
} from '../../testing/communityVm.js';
import { dollars, fontanaWeek } from '../../testing/fontanaWeek.js';
import { type Bill, splitAmount, totalOf } from '../mechanism/common/bills.js';
import { amountAt, type PriceFraction, wholePrice } from '../mechanism/common/price.js';
import { sum } from '../mechanism/common/split.js';
import { TieOrder } from '../mechanism/common/ties.js';
import { sharedBills } from '../mechanism/pools/billSharing.js';
import { dynamicCoefficientBills, staticCoefficientBills } from '../mechanism/pools/coefficients.js';
import { poolBills } from '../mechanism/pools/localPool.js';
import { midMarketBills } from '../mechanism/pools/midMarket.js';
import { supplyDemandBills } from '../mechanism/pools/supplyDemandRatio.js';
import { COMMUNITY_ARTIFACTS } from './communityContracts.js';

const RULES = ['midMarket', 'supplyDemandRatio', 'billSharing', 'staticCoefficients', 'dynamicCoefficients'] as const;
type Rule = (typeof RULES)[number];
const LOCAL_BPS = 3_700n;
/** Coefficients of homes 1, 2, 3 …; a home beyond them has none. */
const COEFFICIENTS = [3, 0, 5, 5, 1, 5, 2];

/** Each home's money over the periods, below 0 where it pays, and what supplier and grid operator get. */
interface Outcome {
  readonly homes: bigint[];
  readonly supplier: bigint;
  readonly gridOperator: bigint;
}

type Period = { readonly readings: readonly TestReading[]; readonly prices: TestPrices };

/** By the pure rules. */
function expected(rule: Rule, community: CommunityVm, periods: readonly Period[]): Outcome {
  const homes = periods[0]?.readings.map(() => 0n) ?? [];
  let [toSupplier, toGrid] = [0n, 0n];
  const add = (bills: readonly Bill[]) => {
    bills.forEach((bill, home) => {
      homes[home] = (homes[home] ?? 0n) - totalOf(bill);
    });
    toSupplier += sum(bills.map((bill) => bill.paidToSupplier - bill.gotFromSupplier));
  };
  const groups = new Map<string, { prices: TestPrices; members: ReturnType<CommunityVm['membersOf']>[] }>();
  for (const [index, { readings, prices }] of periods.entries()) {
    const period = community.membersOf(index, readings);
    const key = `${prices.tariff} ${prices.feedIn}`;
    const group = groups.get(key) ?? { prices, members: [] };
    group.members.push(period);
    groups.set(key, group);
    const bills = billsOf(rule, period, prices);
    if (rule !== 'billSharing') add(bills);
    const ties = new TieOrder(period.periodStart);
    for (const [field, fee] of [
      ['importedMwh', prices.gridFee],
      ['boughtMwh', prices.localFee],
    ] as const) {
      const energies = bills.map((bill) => bill[field]);
      const total = amountAt(sum(energies), wholePrice(fee));
      toGrid += total;
      if (total > 0n)
        splitAmount(period.members, energies, total, ties).forEach((part, home) => {
          homes[home] = (homes[home] ?? 0n) - part;
        });
    }
  }
  if (rule === 'billSharing') for (const { prices, members } of groups.values()) add(sharedBills(members, prices));
  return { homes, supplier: toSupplier, gridOperator: toGrid };
}

function billsOf(rule: Rule, period: ReturnType<CommunityVm['membersOf']>, prices: TestPrices): Bill[] {
  const local: PriceFraction = {
    numerator: prices.feedIn * 10_000n + (prices.tariff - prices.feedIn) * LOCAL_BPS,
    denominator: 10_000n,
  };
  switch (rule) {
    case 'midMarket':
      return midMarketBills(period, prices);
    case 'supplyDemandRatio':
      return supplyDemandBills(period, prices);
    case 'billSharing':
      return poolBills(period, prices, () => wholePrice(0n));
    case 'staticCoefficients':
      return staticCoefficientBills(
        period,
        prices,
        local,
        period.members.map((_, home) => BigInt(COEFFICIENTS[home] ?? 0)),
      );
    case 'dynamicCoefficients':
      return dynamicCoefficientBills(period, prices, local);
  }
}

function poolOf(rule: Rule, homes: number, prices: readonly TestPrices[]): CommunityVm {
  return new CommunityVm({
    artifact: COMMUNITY_ARTIFACTS.Pool,
    args: [
      RULES.indexOf(rule),
      LOCAL_BPS,
      rule === 'staticCoefficients' ? COEFFICIENTS : [],
      rule === 'billSharing' ? [startOf(prices.length)] : [],
    ],
    homes,
    prices,
  });
}

/** Reports and settles in calls of so many periods, auditing after each. */
function run(rule: Rule, community: CommunityVm, periods: readonly Period[], calls: readonly number[]): Outcome {
  const parties = () => [community.balance(supplier), community.balance(gridOperator)] as const;
  const [before, partiesBefore] = [community.balances(), parties()];
  for (let from = 0, call = 0; from < periods.length; call += 1) {
    const count = Math.min(calls[call % calls.length] ?? 1, periods.length - from);
    community.report(
      from,
      periods.slice(from, from + count).map(({ readings }) => readings),
    );
    community.settle(from, count);
    const [held, all] = community.audit();
    expect(all).toBe(held);
    from += count;
  }
  if (rule === 'billSharing') {
    const bands = community.vm.read<bigint>(community.market, 'bandCount');
    for (let billed = 0n; billed < bands; billed += 2n) community.vm.send(supplier, community.market, 'bill', [2n]);
  }
  const partiesAfter = parties();
  const [held, all] = community.audit();
  expect(all).toBe(held);
  return {
    homes: community.balances().map((balance, home) => balance - (before[home] ?? 0n)),
    supplier: partiesAfter[0] - partiesBefore[0],
    gridOperator: partiesAfter[1] - partiesBefore[1],
  };
}

const energy = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 20_000_000n }));
const reading: fc.Arbitrary<TestReading> = fc
  .tuple(fc.boolean(), energy, energy)
  .map(([isBuyer, net, own]) =>
    isBuyer ? { producedMwh: own, consumedMwh: own + net } : { producedMwh: own + net, consumedMwh: own },
  );
const price = fc.oneof(fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 10n ** 18n }));
const prices: fc.Arbitrary<TestPrices> = fc.tuple(price, price, price, price).map(([a, b, c, d]) => ({
  tariff: a < b ? b : a,
  feedIn: a < b ? a : b,
  gridFee: c < d ? d : c,
  localFee: c < d ? c : d,
}));

/** Homes, each period's readings, a few price bands that periods have in turns, and how many periods a call settles. */
const community = fc.integer({ min: 1, max: 9 }).chain((homes) =>
  fc.record({
    homes: fc.constant(homes),
    readings: fc.array(fc.array(reading, { minLength: homes, maxLength: homes }), { minLength: 1, maxLength: 14 }),
    bands: fc.array(prices, { minLength: 1, maxLength: 3 }),
    bandOf: fc.array(fc.nat(2), { minLength: 14, maxLength: 14 }),
    isFree: fc.boolean(),
    calls: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
  }),
);

describe.each(RULES)('%s', (rule) => {
  it('is its pure twin to the last unit, however the periods are put together in calls', () => {
    fc.assert(
      fc.property(community, ({ homes, readings, bands, bandOf, isFree, calls }) => {
        const periods = readings.map((ofPeriod, index): Period => {
          const band = bands[(bandOf[index] ?? 0) % bands.length] as TestPrices;
          return { readings: ofPeriod, prices: isFree ? { ...band, gridFee: 0n, localFee: 0n } : band };
        });
        const vm = poolOf(
          rule,
          homes,
          periods.map((period) => period.prices),
        );
        expect(run(rule, vm, periods, calls)).toEqual(expected(rule, vm, periods));
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});

describe('seventeen homes of Fontana, feed-in 0.05 $', () => {
  const week = fontanaWeek();
  const periods = week.periods.map(
    ({ band }, index): Period => ({
      readings: week.homes.map(({ producedMwh, consumedMwh }) => ({
        producedMwh: producedMwh[index] ?? 0n,
        consumedMwh: consumedMwh[index] ?? 0n,
      })),
      prices: { ...band, gridFee: 0n, localFee: 0n },
    }),
  );
  const vmOf = (rule: Rule, days: number) => {
    const some = periods.slice(0, 24 * days);
    const vm = poolOf(
      rule,
      17,
      some.map((period) => period.prices),
    );
    return { vm, some };
  };

  it('the week at the mid-market rate costs 610.8504, home by home as the pure rule says', () => {
    const { vm, some } = vmOf('midMarket', 7);
    const outcome = run('midMarket', vm, some, [24]);
    expect(outcome).toEqual(expected('midMarket', vm, some));
    expect(dollars(-sum(outcome.homes))).toBe('610.8504');
    expect(outcome.supplier).toBe(-sum(outcome.homes));
  }, 60_000);

  /** Gas for a member and period where a day is settled in one call. */
  const MOST_GAS: Record<Rule, number> = {
    midMarket: 3_960,
    supplyDemandRatio: 3_980,
    billSharing: 4_350,
    staticCoefficients: 4_260,
    dynamicCoefficients: 4_080,
  };

  it.each(RULES)('%s: what a member and period costs', (rule) => {
    const { vm, some } = vmOf(rule, 2);
    const gas = [0, 24].map((from) => {
      vm.report(
        from,
        some.slice(from, from + 24).map(({ readings }) => readings),
      );
      return vm.settle(from, 24).gasUsed / (24 * 17);
    });
    expect(Math.max(...gas)).toBeLessThanOrEqual(MOST_GAS[rule]);
  });
});
