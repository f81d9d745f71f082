import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fontanaWeek, ownerOf } from '../../testing/fontanaWeek.js';
import { energyFigures } from '../community/energyFigures.js';
import { totalsOf } from '../mechanism/common/bills.js';
import { excess, smaller, sum } from '../mechanism/common/split.js';
import { midMarketBills } from '../mechanism/pools/midMarket.js';
import {
  emissions,
  liquidity,
  loadFactor,
  localShare,
  peakToAverage,
  selfConsumption,
  selfSufficiency,
} from './energy.js';
import { gini, jain, qualityOfExperience, squareRoot } from './fairness.js';
import { formatPercent, formatRatio } from './format.js';
import { compareRatios, type Ratio, restOf } from './ratio.js';
import { savingsOf } from './savings.js';

const whole = (...values: readonly bigint[]): Ratio[] => values.map((numerator) => ({ numerator, denominator: 1n }));
const ratio = fc.record({
  numerator: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  denominator: fc.bigInt({ min: 1n, max: 10n ** 6n }),
});
const [ZERO, ONE]: readonly Ratio[] = whole(0n, 1n);
const isPart = (figure: Ratio) => compareRatios(figure, ZERO as Ratio) >= 0 && compareRatios(figure, ONE as Ratio) <= 0;

describe('the week of six prosumers', () => {
  const week = fontanaWeek([1, 4, 7, 10, 13, 16]);
  const traded = week.periods.map(({ members }) => {
    const totals = totalsOf(members);
    return { ...totals, tradedMwh: smaller(totals.needMwh, totals.surplusMwh) };
  });

  it('imports 654 kg of CO2 without a market, 567 kg with one', () => {
    const before = emissions(
      traded.map(({ needMwh }) => needMwh),
      week.factors,
    );
    const after = emissions(
      traded.map(({ needMwh, surplusMwh }) => excess(needMwh, surplusMwh)),
      week.factors,
    );
    expect([formatRatio(before, 0), formatRatio(after, 0)]).toEqual(['654', '567']);
  });

  it('trades all that can be traded: liquidity 1, and self-sufficiency grows by what neighbours bought', () => {
    expect(formatPercent(liquidity(traded))).toBe('100.0 %');
    const bills = week.periods.map((period) => midMarketBills(period, period.band));
    const figures = (isTrading: boolean) =>
      energyFigures(
        week.homes.flatMap((home, position) =>
          home.producedMwh.map((producedMwh, period) => ({
            readings: [{ producedMwh, consumedMwh: home.consumedMwh[period] ?? 0n }],
            unread: 0,
            soldMwh: isTrading ? (bills[period]?.[position]?.soldMwh ?? 0n) : 0n,
            boughtMwh: isTrading ? (bills[period]?.[position]?.boughtMwh ?? 0n) : 0n,
          })),
        ),
      );
    const [before, after] = [figures(false), figures(true)];
    const local = sum(traded.map(({ tradedMwh }) => tradedMwh));
    expect(after.coveredMwh - before.coveredMwh).toBe(local);
    expect(after.usedMwh - before.usedMwh).toBe(local);
    expect(selfSufficiency(after)).toEqual({ numerator: before.ownUseMwh + local, denominator: before.consumedMwh });
    expect(selfConsumption(after)).toEqual({ numerator: before.ownUseMwh + local, denominator: before.producedMwh });
    expect(localShare(traded)).toEqual({ numerator: local, denominator: after.needMwh });
  });
});

describe('energies', () => {
  it('peak to average and load factor are inverse to each other, 1 for an even load', () => {
    expect([formatRatio(peakToAverage([1n, 3n, 2n]), 2), formatRatio(loadFactor([1n, 3n, 2n]), 4)]).toEqual([
      '1.50',
      '0.6667',
    ]);
    expect(formatRatio(loadFactor([7n, 7n]), 0)).toBe('1');
  });

  it('what has no value is undefined', () => {
    const nothing = energyFigures([]);
    expect([selfSufficiency(nothing), selfConsumption(nothing), localShare([]), liquidity([])]).toEqual(
      Array(4).fill(undefined),
    );
    expect([peakToAverage([]), loadFactor([0n, 0n]), peakToAverage([0n])]).toEqual(Array(3).fill(undefined));
    expect([formatPercent(undefined), formatRatio(undefined, 3)]).toEqual(['–', '–']);
  });
});

describe('savings', () => {
  const totals = (...values: readonly bigint[]) => values.map((total, index) => ({ owner: ownerOf(index + 1), total }));

  it('names the losers, the largest loss first', () => {
    const savings = savingsOf(totals(100n, 50n, -10n, 20n), totals(70n, 55n, 10n, 20n));
    expect(savings.homes.map(({ saved }) => saved)).toEqual([30n, -5n, -20n, 0n]);
    expect(savings.losers.map(({ owner }) => owner)).toEqual([ownerOf(3), ownerOf(2)]);
    expect([savings.saved, savings.share]).toEqual([5n, { numerator: 5n, denominator: 160n }]);
  });

  it('have no share where the baseline is not above 0', () => {
    expect(savingsOf(totals(-5n), totals(-9n)).share).toBeUndefined();
    expect(savingsOf([], []).share).toBeUndefined();
  });
});

describe('fairness', () => {
  it('worked: 1, 2, 3, 4', () => {
    expect(formatRatio(gini(whole(4n, 1n, 3n, 2n)), 4)).toBe('0.2500');
    expect(formatRatio(jain(whole(4n, 1n, 3n, 2n)), 4)).toBe('0.8333');
    // σ = √1.25, σ_max = 2.
    expect(formatRatio(qualityOfExperience(whole(4n, 1n, 3n, 2n), { tariff: 4n, feedIn: 0n }), 6)).toBe('0.440983');
  });

  it('equal shares: Gini 0, Jain 1, experience 1; all with one of four: Gini 3/4, Jain 1/4', () => {
    const equal = [1n, 2n, 7n].map((k) => ({ numerator: 5n * k, denominator: 3n * k }));
    expect([gini(equal), jain(equal)].map((figure) => formatRatio(figure, 6))).toEqual(['0.000000', '1.000000']);
    expect(formatRatio(qualityOfExperience(equal, { tariff: 9n, feedIn: 0n }), 6)).toBe('1.000000');
    const one = whole(0n, 0n, 9n, 0n);
    expect([gini(one), jain(one)].map((figure) => formatRatio(figure, 2))).toEqual(['0.75', '0.25']);
  });

  it('losses, nobody and nothing have no Gini and no Jain, prices outside the band no experience', () => {
    for (const values of [whole(-1n, 3n), [], whole(0n, 0n)])
      expect([gini(values), jain(values)]).toEqual([undefined, undefined]);
    const band = { tariff: 4n, feedIn: 0n };
    expect(qualityOfExperience([], band)).toBeUndefined();
    expect(qualityOfExperience(whole(1n), { tariff: 4n, feedIn: 4n })).toBeUndefined();
    expect(qualityOfExperience(whole(0n, 40n), band)).toBeUndefined();
  });

  it('are parts of a whole, and depend neither on order nor on the unit', () => {
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 1, maxLength: 9 }), (values) => {
        const band = { tariff: 10n ** 9n, feedIn: 0n };
        const scaled = [...values]
          .reverse()
          .map(({ numerator, denominator }) => ({ numerator: numerator * 7n, denominator: denominator * 3n }));
        for (const index of [gini, jain]) {
          const [figure, again] = [index(values), index(scaled)];
          expect(figure === undefined).toBe(values.every(({ numerator }) => numerator === 0n));
          if (figure === undefined || again === undefined) continue;
          expect(isPart(figure) && compareRatios(figure, again) === 0).toBe(true);
        }
        expect(isPart(qualityOfExperience(values, band) ?? (ZERO as Ratio))).toBe(true);
      }),
    );
  });

  it('a square root is the largest whole number below', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 300n }), (value) => {
        const root = squareRoot(value);
        expect(root * root <= value && value < (root + 1n) * (root + 1n)).toBe(true);
      }),
    );
  });
});

it('figures are written half to even, with their sign', () => {
  expect([
    formatRatio({ numerator: -1n, denominator: 8n }, 2),
    formatRatio({ numerator: 1n, denominator: 3n }, 3),
  ]).toEqual(['-0.12', '0.333']);
  expect(formatPercent(restOf({ numerator: 1n, denominator: 4n }))).toBe('75.0 %');
});
