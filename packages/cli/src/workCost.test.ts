import { describe, expect, test } from 'vitest';
import { formatJoules, formatShare, workCost, workCostFields } from './workCost.js';

describe('the cost of a span of blocks', () => {
  // By hand: 1,000,000,000 tries at 0.5 µJ are 500 J. 13.625020 kWh are 13.625020 · 3,600,000 J = 49,050,072 J.
  const cost = workCost({
    blocks: 80,
    work: 1_000_000_000n,
    joulesPerHash: 5e-7,
    trades: 15,
    tradedMwh: 13_625_020n,
  });

  test('is tries times joules, by trade, and by kWh beside the energy that was traded', () => {
    expect(cost).toMatchObject({ blocks: 80, tries: 1e9, trades: 15, tradedKwh: '13.625020' });
    expect(cost.joules).toBeCloseTo(500, 9);
    expect(cost.perTrade?.joules).toBeCloseTo(33.333_333_333, 8);
    expect(cost.perKwh?.joules).toBeCloseTo(36.697_193_839, 8);
    expect(cost.perKwh?.share).toBeCloseTo(500 / 49_050_072, 15);
  });

  test('has no figure by trade or energy where there was none', () => {
    const idle = workCost({ blocks: 3, work: 10n, joulesPerHash: 1, trades: 0, tradedMwh: 0n });
    expect(idle).toEqual({ blocks: 3, tries: 10, joulesPerHash: 1, joules: 10, trades: 0, tradedKwh: '0.000000' });
    // A trade whose seller delivered nothing is settled too.
    const empty = workCost({ blocks: 3, work: 10n, joulesPerHash: 1, trades: 2, tradedMwh: 0n });
    expect(empty.perTrade?.joules).toBe(5);
    expect(empty.perKwh).toBeUndefined();
  });

  test('is told in sentences', () => {
    expect(workCostFields(cost)).toEqual([
      [
        'proof of work',
        '1,000,000,000 tries expected at about 0.5 µJ each (an estimate, --joules-per-hash): 500 J, 6.25 J per block',
      ],
      ['', '33.3 J per confirmed trade, 36.7 J per kWh: 0.001 % of the energy that was traded'],
    ]);
    const idle = workCost({ blocks: 0, work: 0n, joulesPerHash: 1, trades: 0, tradedMwh: 0n });
    expect(workCostFields(idle)[1]).toEqual(['', 'no trade was settled']);
  });
});

test.each([
  [0, '0 J'],
  [6e-7, '0.6 µJ'],
  [0.0123, '12.3 mJ'],
  [3.3567, '3.36 J'],
  [999.7, '1 kJ'],
  [1234, '1.23 kJ'],
  [49_050_072, '49.1 MJ'],
  [5e12, '5,000 GJ'],
])('%f joules are %s', (joules, text) => {
  expect(formatJoules(joules)).toBe(text);
});

test('a share keeps two digits however small it is', () => {
  expect(formatShare(0.256)).toBe('26 %');
  expect(formatShare(9.64e-7)).toBe('0.000096 %');
});
