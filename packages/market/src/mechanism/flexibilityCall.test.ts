import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeds, shuffled } from '../../testing/marketArbitraries.js';
import { amountOf } from '../units.js';
import { sum } from './common/split.js';
import { baselineSum, type FlexibilityPromise, type FlexibilityTerms, settleFlexibility } from './flexibilityCall.js';

/** 1 and 2 units for 150 mWh. */
const terms: FlexibilityTerms = {
  isMore: false,
  wantedMwh: 900n,
  price: 1_000n,
  penaltyPrice: 2_000n,
  baselineDays: 3n,
};

const energy = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 10n ** 7n }));
const net = fc.bigInt({ min: -(10n ** 7n), max: 10n ** 7n });
const call: fc.Arbitrary<FlexibilityTerms> = fc.record({
  isMore: fc.boolean(),
  wantedMwh: energy,
  price: fc.bigInt({ min: 0n, max: 10n ** 18n }),
  penaltyPrice: fc.bigInt({ min: 0n, max: 10n ** 18n }),
  baselineDays: fc.bigInt({ min: 1n, max: 10n }),
});
const promise: fc.Arbitrary<FlexibilityPromise> = fc.record({
  promisedMwh: energy,
  baselineSumMwh: net,
  netMwh: fc.option(net, { nil: undefined }),
});
const promises = fc.array(promise, { minLength: 1, maxLength: 7 });

describe('a call for flexibility', () => {
  // By hand: baselines 1000/3 and 400; wanted 900 of 1200 promised, so 600 → 450 and 600 → 450.
  it('cuts promises pro rata, pays what was delivered and takes the penalty for the rest', () => {
    const result = settleFlexibility(terms, [
      { promisedMwh: 600n, baselineSumMwh: 1_000n, netMwh: 33n },
      { promisedMwh: 600n, baselineSumMwh: 1_200n, netMwh: -200n },
    ]);
    expect(result).toEqual({
      // 333.3 − 33 = 300, of which 300 · 1000 / 150000 = 2; 150 are missing: 150 · 2000 / 150000 = 2. 400 + 200 = 600, of which 450 are paid: 3.
      deliveries: [
        { acceptedMwh: 450n, deliveredMwh: 300n, paid: 2n, penalty: 2n },
        { acceptedMwh: 450n, deliveredMwh: 600n, paid: 3n, penalty: 0n },
      ],
      returned: 1n,
    });
  });

  it('for more, what is above the baseline counts; a reading that never came has delivered nothing', () => {
    const more = { ...terms, isMore: true };
    const { deliveries } = settleFlexibility(more, [
      { promisedMwh: 300n, baselineSumMwh: 300n, netMwh: 301n },
      { promisedMwh: 300n, baselineSumMwh: 300n, netMwh: undefined },
      { promisedMwh: 300n, baselineSumMwh: -300n, netMwh: -200n },
    ]);
    expect(deliveries.map(({ deliveredMwh }) => deliveredMwh)).toEqual([201n, 0n, 0n]);
    expect(deliveries.map(({ penalty }) => penalty)).toEqual([1n, 4n, 4n]);
  });

  it('the baseline leaves out days of promises and takes those before; too few are none', () => {
    const days = [10n, 20n, 30n, 40n].map((netMwh, day) => ({ netMwh, hasPromised: day === 1 }));
    expect(baselineSum(days, 3n)).toBe(80n);
    expect(baselineSum(days, 4n)).toBeUndefined();
  });

  it('budget balance, yes: what homes get the buyer paid, and gets the rest back; nobody pays a penalty beyond what it promised', () => {
    fc.assert(
      fc.property(call, promises, (by, made) => {
        const { deliveries, returned } = settleFlexibility(by, made);
        expect(sum(deliveries.map(({ paid }) => paid)) + returned).toBe(amountOf(by.wantedMwh, by.price));
        expect(returned >= 0n).toBe(true);
        expect(sum(deliveries.map(({ acceptedMwh }) => acceptedMwh)) <= by.wantedMwh).toBe(true);
        deliveries.forEach(({ acceptedMwh, penalty }, index) => {
          expect(acceptedMwh <= (made[index]?.promisedMwh ?? 0n)).toBe(true);
          expect(penalty >= 0n && penalty <= amountOf(acceptedMwh, by.penaltyPrice)).toBe(true);
        });
      }),
    );
  });

  it('individual rationality, yes for who delivers what it promised: it pays nothing, and gets the price for what was accepted', () => {
    fc.assert(
      fc.property(call, promises, (by, made) => {
        const kept = made.map((promise) => {
          const sign = by.isMore ? 1n : -1n;
          const baseline = promise.baselineSumMwh / by.baselineDays;
          return { ...promise, netMwh: baseline + sign * (promise.promisedMwh + 1n) };
        });
        for (const { acceptedMwh, paid, penalty } of settleFlexibility(by, kept).deliveries) {
          expect([paid, penalty]).toEqual([amountOf(acceptedMwh, by.price), 0n]);
        }
      }),
    );
  });

  it('individual rationality, else no: who promises and does not deliver pays', () => {
    const { deliveries } = settleFlexibility(terms, [{ promisedMwh: 600n, baselineSumMwh: 900n, netMwh: 300n }]);
    expect(deliveries).toEqual([{ acceptedMwh: 600n, deliveredMwh: 0n, paid: 0n, penalty: 8n }]);
  });

  it('independence of arrival, yes', () => {
    fc.assert(
      fc.property(call, promises, seeds, (by, made, order) => {
        const { deliveries, returned } = settleFlexibility(by, made);
        const { moved, from } = shuffled(made, order);
        expect(settleFlexibility(by, moved)).toEqual({ deliveries: from.map((i) => deliveries[i]), returned });
      }),
    );
  });

  /**
   * What a home gains by wasting `wastedMwh` on each day of its baseline: the price for what it did not give, less the tariff for what it
   * wasted. All energies are such that nothing is rounded.
   */
  function gainOf(calls: bigint, price: bigint, tariff: bigint): bigint {
    const [days, wastedMwh, usual] = [terms.baselineDays, 300_000n, 600_000n];
    const by = { ...terms, wantedMwh: wastedMwh, price };
    const made = { promisedMwh: wastedMwh, baselineSumMwh: days * (usual + wastedMwh), netMwh: usual };
    const [delivery] = settleFlexibility(by, [made]).deliveries;
    return calls * (delivery?.paid ?? 0n) - amountOf(days * wastedMwh, tariff);
  }

  it('truthfulness, no: who wastes energy on the days of its baseline is paid for going back to its habit, and gains above days · tariff for a call', () => {
    const tariff = 10n ** 16n;
    expect(gainOf(1n, 3n * tariff, tariff)).toBe(0n);
    expect(gainOf(1n, 3n * tariff - 1n, tariff) < 0n).toBe(true);
    expect(gainOf(1n, 3n * tariff + 1n, tariff) > 0n).toBe(true);
    // Days of promises are left out, so the same wasted days may serve several calls: then only a price of days · tariff / calls is safe.
    expect(gainOf(3n, tariff, tariff)).toBe(0n);
    expect(gainOf(3n, tariff + 1n, tariff) > 0n).toBe(true);
  });
});
