import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatShare } from '../community/energyFigures.js';
import { PAPER_PROFILE } from '../paperDay/profile.js';
import { PAPER_TABLE } from '../paperDay/table.js';
import { amountOf, formatTokensRounded } from '../units.js';
import type { DayProfile } from './dayProfile.js';
import { daySeries } from './daySeries.js';
import { communityTotals, homeTotals } from './energyTotals.js';
import { tradesByRule } from './tradesByRule.js';

/** A day of homes with the given [produced, consumed] by period. */
function dayOf(homes: readonly (readonly (readonly [number, number])[])[]): DayProfile {
  return {
    date: undefined,
    periodSeconds: 3_600n,
    periods: (homes[0] ?? []).map((_, period) => ({ start: BigInt(period * 3_600), label: `0${period}:00` })),
    homes: homes.map((periods, position) => ({
      name: `home ${position}`,
      producedMwh: periods.map(([produced]) => BigInt(produced)),
      consumedMwh: periods.map(([, consumed]) => BigInt(consumed)),
    })),
  };
}

/** A period of a day as a day of its own. */
function onePeriod(day: DayProfile, period: number): DayProfile {
  const only = <Value>(values: readonly Value[]) => values.slice(period, period + 1);
  const homes = day.homes.map(({ name, producedMwh, consumedMwh }) => ({
    name,
    producedMwh: only(producedMwh),
    consumedMwh: only(consumedMwh),
  }));
  return { ...day, periods: only(day.periods), homes };
}

describe('the rule', () => {
  test('buyers take in their order, from the sellers in theirs; nobody buys what it produces itself', () => {
    const day = dayOf([[[900, 400]], [[300, 100]], [[0, 600]], [[50, 650]]]);
    expect(tradesByRule(day)).toEqual([
      { period: 0, seller: 0, buyer: 2, energyMwh: 500n, paid: amountOf(500n) },
      { period: 0, seller: 1, buyer: 2, energyMwh: 100n, paid: amountOf(100n) },
      { period: 0, seller: 1, buyer: 3, energyMwh: 100n, paid: amountOf(100n) },
    ]);
  });

  test("gives the paper's purchases, hour by hour, from its meters' readings", () => {
    const { homes } = daySeries(PAPER_PROFILE, tradesByRule(PAPER_PROFILE));
    expect(homes[1]?.boughtMwh).toEqual(PAPER_TABLE.map(({ node2PurchaseMwh }) => node2PurchaseMwh));
    expect(homes[2]?.boughtMwh).toEqual(PAPER_TABLE.map(({ node3PurchaseMwh }) => node3PurchaseMwh));
    expect(homes[0]?.boughtMwh.every((energy) => energy === 0n)).toBe(true);
    expect(homes[0]?.soldMwh).toEqual(PAPER_TABLE.map((row) => row.node2PurchaseMwh + row.node3PurchaseMwh));
  });

  test("gives the paper's final balances as flows of tokens", () => {
    const { flows } = daySeries(PAPER_PROFILE, tradesByRule(PAPER_PROFILE));
    // 100 − 40.286033 and 100 − 68.8805, the exact balances after the paper's day.
    expect(flows.map(({ seller, buyer, paid }) => [seller, buyer, formatTokensRounded(paid, 6)])).toEqual([
      [0, 1, '59.713967'],
      [0, 2, '31.119500'],
    ]);
  });

  test('never sells more than the surplus or buys more than the need, and leaves no need beside an offer', () => {
    const energies = fc.tuple(fc.nat(5), fc.nat(5));
    const homes = fc.array(fc.array(energies, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(homes, (list) => {
        const day = dayOf(list);
        const trades = tradesByRule(day);
        for (const period of day.periods.keys()) {
          const now = onePeriod(day, period);
          const own = trades.filter((trade) => trade.period === period).map((trade) => ({ ...trade, period: 0 }));
          for (const position of now.homes.keys()) {
            const { surplusMwh, needMwh, soldMwh, boughtMwh } = homeTotals(now, own, position);
            expect(soldMwh <= surplusMwh && boughtMwh <= needMwh).toBe(true);
          }
          const all = communityTotals(now, own);
          expect(all.soldMwh).toBe(all.boughtMwh);
          // What one side has left, the other side lacks: nothing is on offer beside an open need.
          expect((all.surplusMwh - all.soldMwh) * (all.needMwh - all.boughtMwh)).toBe(0n);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('shares are rounded half to even and need a whole', () => {
  expect([
    formatShare(1n, 3n),
    formatShare(1n, 2000n),
    formatShare(3n, 2000n),
    formatShare(5n, 5n),
    formatShare(0n, 0n),
  ]).toEqual(['33.3 %', '0.0 %', '0.2 %', '100.0 %', '–']);
});
