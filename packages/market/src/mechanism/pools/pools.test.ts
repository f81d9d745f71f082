import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../testing/fontanaWeek.js';
import {
  band as anyBand,
  members as anyMembers,
  periodStart,
  seeds,
  shuffled,
} from '../../../testing/marketArbitraries.js';
import { amountOf } from '../../units.js';
import { type Bill, type Member, type MemberPeriod, totalOf, totalsOf } from '../common/bills.js';
import { amountAt, middleOf, type PriceBand, wholePrice } from '../common/price.js';
import { excess, smaller, sum } from '../common/split.js';
import { sharedBills } from './billSharing.js';
import { dynamicCoefficientBills, staticCoefficientBills } from './coefficients.js';
import { midMarketBills } from './midMarket.js';
import { supplyDemandBills, supplyDemandPrice } from './supplyDemandRatio.js';

type Rule = (period: MemberPeriod, band: PriceBand) => Bill[];
const middle = ({ tariff, feedIn }: PriceBand) => middleOf(tariff, feedIn);
/** Coefficients that go with the home, not with its place. */
const ownCoefficients = ({ members }: MemberPeriod) => members.map(({ owner }) => (BigInt(owner) % 5n) + 1n);
const RULES: Record<string, Rule> = {
  midMarket: midMarketBills,
  supplyDemandRatio: supplyDemandBills,
  billSharing: (period, band) => sharedBills([period], band),
  dynamicCoefficients: (period, band) => dynamicCoefficientBills(period, band, middle(band)),
  staticCoefficients: (period, band) => staticCoefficientBills(period, band, middle(band), ownCoefficients(period)),
};

const net = (...energies: readonly number[]): Member[] =>
  energies.map((mwh, index) => ({
    owner: ownerOf(index + 1),
    needMwh: mwh < 0 ? BigInt(-mwh) : 0n,
    surplusMwh: mwh > 0 ? BigInt(mwh) : 0n,
  }));

/** Mean prices of both sides with four digits, half up; λb = 0.54 and λs = 0.05 for 150 Wh, energies in 150 Wh. */
function meanPrices(rule: Rule, needs: number, surpluses: number): string[] {
  const band = { tariff: 54n * 10n ** 16n, feedIn: 5n * 10n ** 16n };
  const [buyer, seller] = rule({ periodStart: 0n, members: net(-needs * 150_000, surpluses * 150_000) }, band);
  const mean = (units: bigint, energy: number) =>
    `.${String((units / BigInt(energy) + 5n * 10n ** 13n) / 10n ** 14n).padStart(4, '0')}`;
  return [mean(totalOf(buyer as Bill), needs), mean(-totalOf(seller as Bill), surpluses)];
}

describe('the table of prices, buy and sell, λb = .54 and λs = .05', () => {
  it.each([
    [4_000, 1_000, ['.4788', '.2950'], ['.4441', '.1565']],
    [4_000, 3_000, ['.3563', '.2950'], ['.1835', '.0647']],
    [4_000, 4_000, ['.2950', '.2950'], ['.0500', '.0500']],
    [3_000, 5_000, ['.2950', '.1970'], ['.0500', '.0500']],
  ])('D %d, S %d: mid-market %j, supply-demand ratio %j', (needMwh, surplusMwh, midMarket, ratio) => {
    expect(meanPrices(midMarketBills, needMwh, surplusMwh)).toEqual(midMarket);
    expect(meanPrices(supplyDemandBills, needMwh, surplusMwh)).toEqual(ratio);
  });

  it('the ratio’s price is the fraction itself, the tariff without supply, and 0 for a feed-in price of 0', () => {
    expect(supplyDemandPrice({ needMwh: 4n, surplusMwh: 1n }, { tariff: 54n, feedIn: 5n })).toEqual({
      numerator: 54n * 5n * 4n,
      denominator: 49n + 20n,
    });
    expect(supplyDemandPrice({ needMwh: 4n, surplusMwh: 0n }, { tariff: 54n, feedIn: 5n })).toEqual({
      numerator: 1080n,
      denominator: 20n,
    });
    const free = supplyDemandBills({ periodStart: 0n, members: net(-300_000, 150_000) }, { tariff: 10n, feedIn: 0n });
    expect(free.map(totalOf)).toEqual([10n, 0n]);
  });
});

const MONEY = ['paidToNeighbours', 'gotFromNeighbours', 'paidToSupplier', 'gotFromSupplier'] as const;
const period = fc.record({ periodStart, members: anyMembers });
const suppliersDue = (members: readonly Member[], { tariff, feedIn }: PriceBand, localMwh: bigint) => {
  const { needMwh, surplusMwh } = totalsOf(members);
  return amountAt(needMwh - localMwh, wholePrice(tariff)) - amountAt(surplusMwh - localMwh, wholePrice(feedIn));
};
const alone = ({ needMwh, surplusMwh }: Member, { tariff, feedIn }: PriceBand) =>
  amountOf(needMwh, tariff) - amountOf(surplusMwh, feedIn);

describe.each(Object.entries(RULES))('%s: claimed yes', (name, rule) => {
  it('budget balance: the bills sum to what the supplier is due, both sides of the local trade to one sum', () => {
    fc.assert(
      fc.property(period, anyBand, (one, band) => {
        const bills = rule(one, band);
        const of = (field: Exclude<keyof Bill, 'owner'>) => sum(bills.map((bill) => bill[field]));
        const { needMwh, surplusMwh } = totalsOf(one.members);
        if (name !== 'staticCoefficients') expect(of('boughtMwh')).toBe(smaller(needMwh, surplusMwh));
        expect(of('soldMwh')).toBe(of('boughtMwh'));
        expect(of('paidToNeighbours')).toBe(of('gotFromNeighbours'));
        expect(sum(bills.map(totalOf))).toBe(suppliersDue(one.members, band, of('boughtMwh')));
        one.members.forEach((member, i) => {
          const bill = bills[i] as Bill;
          const { boughtMwh, soldMwh, importedMwh, exportedMwh } = bill;
          const isWhole = boughtMwh + importedMwh === member.needMwh && soldMwh + exportedMwh === member.surplusMwh;
          expect(isWhole && [boughtMwh, soldMwh, importedMwh, exportedMwh].every((mwh) => mwh >= 0n)).toBe(true);
        });
      }),
    );
  });

  it('independence of arrival: every home has the same bill in any order of members', () => {
    fc.assert(
      fc.property(period, anyBand, seeds, (one, band, order) => {
        const { moved, from } = shuffled(one.members, order);
        const bills = rule(one, band);
        expect(rule({ ...one, members: moved }, band)).toEqual(from.map((index) => bills[index]));
      }),
    );
  });
});

describe.each(['midMarket', 'supplyDemandRatio', 'billSharing'])('%s: scaling', (name) => {
  it('all units moves no amount by more than one unit', () => {
    const [a, c] = [1_000n, 10_000n];
    fc.assert(
      fc.property(period, anyBand, (one, band) => {
        const scaled = one.members.map((member) => ({
          ...member,
          needMwh: member.needMwh * a,
          surplusMwh: member.surplusMwh * a,
        }));
        const small = RULES[name]?.(one, band) ?? [];
        const large =
          RULES[name]?.({ ...one, members: scaled }, { tariff: band.tariff * c, feedIn: band.feedIn * c }) ?? [];
        const moved = small.flatMap((bill, i) =>
          MONEY.map((field) => (large[i]?.[field] ?? 0n) / (a * c) - bill[field]),
        );
        expect(moved.every((units) => units >= -1n && units <= 1n)).toBe(true);
      }),
    );
  });
});

describe('members', () => {
  it('below 0, or twice, are refused by every rule', () => {
    const [seller, buyer] = net(150_000, -150_000) as [Member, Member];
    const refused: Member[][] = [
      [seller, { ...buyer, needMwh: -1n }],
      [seller, { ...buyer, surplusMwh: -1n }],
      [seller, buyer, buyer],
    ];
    for (const rule of Object.values(RULES))
      for (const members of refused)
        expect(() => rule({ periodStart: 0n, members }, { tariff: 2n, feedIn: 1n })).toThrow(buyer.owner);
  });
});

describe('individual rationality', () => {
  it.each(['midMarket', 'supplyDemandRatio', 'dynamicCoefficients', 'staticCoefficients'])(
    '%s, yes: no bill is more than that of a home alone, to three units of rounding',
    (name) => {
      fc.assert(
        fc.property(period, anyBand, (one, band) => {
          const bills = RULES[name]?.(one, band) ?? [];
          // A seller's local energy is whole: by coefficients it may sell one milliwatt-hour less at the price of the grid.
          const milliwattHour = name.endsWith('Coefficients') ? band.tariff / 150_000n + 1n : 0n;
          const isBetter = (bill: Bill, i: number) =>
            totalOf(bill) <= alone(one.members[i] as Member, band) + 3n + milliwattHour;
          expect(bills.every(isBetter)).toBe(true);
        }),
      );
    },
  );

  it('billSharing, no: an exporter in a period of need gets nothing', () => {
    const band = { tariff: 30n, feedIn: 6n };
    const members = net(-300_000, 150_000);
    const [, seller] = sharedBills([{ periodStart: 0n, members }], band).map(totalOf);
    expect([seller, alone(members[1] as Member, band)]).toEqual([0n, -6n]);
  });
});

describe('bill sharing over a billing period', () => {
  it('each unit of need has one price, each unit of surplus another', () => {
    const band = { tariff: 600n, feedIn: 60n };
    const periods = [net(-300_000, 150_000, 0), net(-150_000, 0, 450_000)].map((members, index) => ({
      periodStart: BigInt(index),
      members,
    }));
    // Missing 150 Wh at 600 of 450 Wh needed; left over 300 Wh at 60, of 600 Wh.
    const bills = sharedBills(periods, band);
    expect(bills.map(({ paidToSupplier, gotFromSupplier }) => [paidToSupplier, gotFromSupplier])).toEqual([
      [600n, 0n],
      [0n, 30n],
      [0n, 90n],
    ]);
    expect(bills.map(({ boughtMwh, soldMwh }) => [boughtMwh, soldMwh])).toEqual([
      [300_000n, 0n],
      [0n, 150_000n],
      [0n, 150_000n],
    ]);
    expect(sharedBills([], band)).toEqual([]);
  });
});

describe('coefficients', () => {
  it('static: what a member does not take of its part is sold, though a neighbour needs it', () => {
    const one = { periodStart: 0n, members: net(-300_000, -30_000, 300_000) };
    const bills = staticCoefficientBills(one, { tariff: 10n, feedIn: 2n }, wholePrice(5n), [1n, 1n, 0n]);
    expect(bills.map(({ boughtMwh, importedMwh, exportedMwh }) => [boughtMwh, importedMwh, exportedMwh])).toEqual([
      [150_000n, 150_000n, 0n],
      [30_000n, 0n, 0n],
      [0n, 0n, 120_000n],
    ]);
    expect(bills.map(totalOf)).toEqual([15n, 1n, -7n]);
    expect(excess(330_000n, 180_000n)).toBe(150_000n);
  });

  it('static: refuses coefficients that are not one for each member, below 0, or all 0', () => {
    const one = { periodStart: 0n, members: net(-300_000, 300_000) };
    for (const coefficients of [[1n], [1n, -1n], [0n, 0n]])
      expect(() => staticCoefficientBills(one, { tariff: 10n, feedIn: 2n }, wholePrice(5n), coefficients)).toThrow(
        'coefficients',
      );
  });

  it('a band upside down is refused', () => {
    for (const rule of Object.values(RULES))
      expect(() => rule({ periodStart: 0n, members: net(-1, 1) }, { tariff: 1n, feedIn: 2n })).toThrow(
        'feed-in price is 2',
      );
  });
});
