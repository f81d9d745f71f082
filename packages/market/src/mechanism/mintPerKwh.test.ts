import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../testing/fontanaWeek.js';
import { members as anyMembers, periodStart, seeds, shuffled } from '../../testing/marketArbitraries.js';
import { totalsOf } from './common/bills.js';
import { sum } from './common/split.js';
import { BELL_TOP, bellOf, settleCoins } from './mintPerKwh.js';

const tariff = 33n * 10n ** 15n;

describe('the bell', () => {
  // Computed by the reference in Python.
  it.each([
    [0n, 65_536n],
    [250_000n, 62_762n],
    [500_000n, 55_112n],
    [-750_000n, 44_372n],
    [1_500_000n, 13_778n],
    [1_000_000n, 32_768n],
    [-1_000_000n, 32_768n],
    [2_000_000n, 4_096n],
    [3_000_000n, 128n],
    [4_000_000n, 1n],
    [5_000_000n, 0n],
    [10n ** 30n, 0n],
  ])('at a distance of %d mWh, w = 1 kWh: %d', (distance, expected) => {
    expect(bellOf(10n ** 31n + distance, 10n ** 31n, 1_000_000n)).toBe(expected);
  });

  it('is at most a thousandth of itself and one step away from the true power, falls with the distance and is the same on both sides', () => {
    for (let distance = 0n; distance <= 4_000_000n; distance += 62_500n) {
      const bell = bellOf(distance, 0n, 1_000_000n);
      const x = Number(distance) / 1e6;
      const power = 65_536 * 2 ** -(x * x);
      expect(Math.abs(Number(bell) - power)).toBeLessThanOrEqual(power / 1_000 + 1);
      expect(bellOf(0n, distance, 1_000_000n)).toBe(bell);
      expect(bellOf(distance + 62_500n, 0n, 1_000_000n) <= bell).toBe(true);
    }
  });

  it('needs a width', () => {
    expect(() => bellOf(1n, 1n, 0n)).toThrow('0 mWh');
  });
});

describe('coins', () => {
  const width = fc.bigInt({ min: 1n, max: 10n ** 7n });
  const balances = (members: readonly { readonly owner: `0x${string}` }[], each: bigint) =>
    new Map(members.map(({ owner }, index) => [owner, each * BigInt(index)]));

  it('minted ≤ exported, burned ≤ needed, supply = minted − burned', () => {
    fc.assert(
      fc.property(periodStart, anyMembers, width, fc.bigInt({ min: 0n, max: 10n ** 7n }), (start, members, w, each) => {
        const before = balances(members, each);
        const bills = settleCoins({ periodStart: start, members }, { tariff }, w, before);
        const of = (field: 'minted' | 'burned' | 'balance') => sum(bills.map((bill) => bill[field]));
        const { needMwh, surplusMwh } = totalsOf(members);
        expect(of('minted') <= surplusMwh && of('burned') <= needMwh).toBe(true);
        expect(of('balance')).toBe(sum([...before.values()]) + of('minted') - of('burned'));
        expect(bills.every(({ balance }) => balance >= 0n)).toBe(true);
      }),
    );
  });

  it('independence of arrival, yes', () => {
    fc.assert(
      fc.property(anyMembers, width, seeds, (members, w, order) => {
        const before = balances(members, 1_000n);
        const bills = settleCoins({ periodStart: 0n, members }, { tariff }, w, before);
        const { moved, from } = shuffled(members, order);
        expect(settleCoins({ periodStart: 0n, members: moved }, { tariff }, w, before)).toEqual(
          from.map((i) => bills[i]),
        );
      }),
    );
  });

  const two = [
    { owner: ownerOf(1), needMwh: 300_000n, surplusMwh: 0n },
    { owner: ownerOf(2), needMwh: 0n, surplusMwh: 300_000n },
  ];

  it('in balance a unit is minted for a unit; coins pay a need, and money the rest', () => {
    const bills = settleCoins(
      { periodStart: 0n, members: two },
      { tariff: 10n },
      1n,
      new Map([[ownerOf(1), 150_000n]]),
    );
    expect(bills).toEqual([
      { owner: ownerOf(1), minted: 0n, burned: 150_000n, paidToSupplier: 10n, balance: 0n },
      { owner: ownerOf(2), minted: 300_000n, burned: 0n, paidToSupplier: 0n, balance: 300_000n },
    ]);
    expect(BELL_TOP).toBe(65_536n);
  });

  it('budget balance, no: an export without a need beside it is minted when the bell is wide, and nobody paid for it', () => {
    const [bill] = settleCoins({ periodStart: 0n, members: two.slice(1) }, { tariff: 10n }, 10n ** 9n, new Map());
    expect([bill?.minted, bill?.paidToSupplier]).toEqual([300_000n, 0n]);
  });

  it('individual rationality, no: far from balance an export mints nothing', () => {
    const [bill] = settleCoins({ periodStart: 0n, members: two.slice(1) }, { tariff: 10n }, 1_000n, new Map());
    expect(bill?.minted).toBe(0n);
  });
});
