import { type DifficultyRules, nextActiveMs, targetForRate } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { type FreshNetwork, measureFresh } from './freshNetwork.js';
import { measureDifficulty } from './measureDifficulty.js';
import { renderDifficulty } from './renderDifficulty.js';
import { SeededRandom } from './seededRandom.js';
import { type PowerPhase, simulateChain } from './simulateChain.js';

const T = 15_000;
const rules: DifficultyRules = {
  blockIntervalMs: T,
  halfLifeMs: 36 * T,
  firstTarget: targetForRate(1_000_000, T),
  largestTarget: targetForRate(1_000_000, T) * 65_536n,
};

const simulate = (phases: readonly PowerPhase[], endIntervals: number) =>
  simulateChain({
    rules,
    phases,
    startMs: 0,
    endMs: endIntervals * T,
    clock: nextActiveMs,
    random: SeededRandom.ofRun(1, 0),
  });

/**
 * Without luck ASERT's interval x, in units of the aim, follows d log₂ x / dn = (x − 1) / half-life, a logistic curve:
 * x / (1 − x) grows by the factor 2 every 36 blocks.
 */
const blocksBetween = (from: number, to: number) => {
  const logOdds = (x: number) => Math.log2(Math.abs(x / (1 - x)));
  return Math.abs(logOdds(to) - logOdds(from)) * 36;
};

describe('simulateChain', () => {
  it('finds a block an interval on average when the hash power is what the target was made for', () => {
    const blocks = simulate([{ fromMs: 0, factor: 1 }], 5_000);
    expect(blocks.length).toBeGreaterThan(4_950);
    expect(blocks.length).toBeLessThan(5_050);
  });

  it('spends tries at the hash power of the time, and none while nobody mines', () => {
    const steady = simulate([{ fromMs: 0, factor: 1 }], 0)[0];
    const [first] = simulate(
      [
        { fromMs: 0, factor: 0 },
        { fromMs: 100 * T, factor: 4 },
      ],
      0,
    );
    expect(first?.waitMs).toBeCloseTo((steady?.waitMs ?? 0) / 4, 6);
    expect(first?.foundMs).toBeCloseTo(100 * T + (steady?.waitMs ?? 0) / 4, 6);
  });
});

describe('a block from the future', () => {
  const dates: number[] = [];
  const blocks = simulateChain({
    rules,
    phases: [{ fromMs: 0, factor: 1 }],
    startMs: 0,
    endMs: 600 * T,
    clock: (parent, timestampMs, each) => {
      dates.push(timestampMs);
      return nextActiveMs(parent, timestampMs, each);
    },
    clocks: { share: 1, offsetMs: (nowMs) => (nowMs < 200 * T ? 240 * T : 0) },
    random: SeededRandom.ofRun(3, 0),
  });

  it('is none where clocks agree, and is followed only when its successor leads the clocks by 30 s at most', () => {
    const before = blocks.findLastIndex(({ foundMs }) => foundMs < 200 * T);
    const [last, next] = [blocks[before], blocks[before + 1]];
    const lead = (index: number) => (dates[index] ?? 0) - (blocks[index]?.foundMs ?? 0);
    expect(lead(before)).toBeGreaterThan(240 * T - 1);
    expect(blocks.slice(before + 1).every((_, index) => lead(before + 1 + index) <= 30_000)).toBe(true);
    expect(next?.foundMs).toBeGreaterThan((dates[before] ?? 0) - 30_000);
    expect(next?.waitMs).toBeCloseTo((next?.foundMs ?? 0) - (last?.foundMs ?? 0), 3);
  });
});

describe('measureDifficulty', () => {
  const report = measureDifficulty({ runs: 40, seed: 5 });
  const scenario = (name: string) => {
    const found = report.scenarios.find((candidate) => candidate.scenario.name === name);
    if (!found) throw new RangeError(name);
    return found;
  };

  it('gives the same figures for the same seed, and others for another', () => {
    const small = (seed: number) => measureDifficulty({ runs: 2, seed });
    expect(small(5)).toEqual(small(5));
    expect(small(5)).not.toEqual(small(6));
  });

  it('keeps the interval while nothing changes', () => {
    const steady = scenario('constant');
    expect(steady.to10Percent).toEqual({ blocks: 0, time: 0 });
    expect(steady.blocksInFirst40.median).toBeGreaterThan(36);
    expect(steady.blocksInFirst40.median).toBeLessThan(44);
  });

  it.each([
    ['× 4', 1 / 4],
    ['× 10', 1 / 10],
    ['half back', 1 / 2],
  ])('comes back after %s as the closed form says', (name, start) => {
    const { to25Percent } = scenario(name);
    expect(to25Percent.blocks / blocksBetween(start, 0.75)).toBeGreaterThan(0.88);
    expect(to25Percent.blocks / blocksBetween(start, 0.75)).toBeLessThan(1.12);
  });

  it('comes back from a fall somewhat later than the closed form, because long blocks count ten intervals', () => {
    const { to25Percent, meanOfFirst12 } = scenario('÷ 10');
    expect(to25Percent.blocks).toBeGreaterThan(blocksBetween(10, 1.25));
    expect(to25Percent.blocks).toBeLessThan(1.4 * blocksBetween(10, 1.25));
    expect(meanOfFirst12.median).toBeGreaterThan(4);
  });

  /**
   * Blocks and intervals until the mean interval is back between two thirds and one and a half of the aim: the closed form where blocks come fast,
   * and with the cap on time where they come late; half as much again is allowed.
   */
  it.each([
    ['× 4', 93, 42],
    ['÷ 4', 43, 96],
    ['× 10', 150, 51],
    ['÷ 10', 55, 174],
    ['× 1000', 395, 57],
  ])(
    'is back within 1.5 × after %s, in %i blocks and %i intervals and half as many more, without a storm',
    (name, blocks, intervals) => {
      const { backAgain, blocksInFirst40 } = scenario(name);
      expect(backAgain.blocks).toBeGreaterThan(0.5 * blocks);
      expect(backAgain.blocks).toBeLessThan(1.5 * blocks);
      expect(backAgain.time).toBeLessThan(1.5 * intervals);
      expect(blocksInFirst40.p90).toBeLessThan(1.5 * blocks + 40);
    },
  );

  it('waits for the hour by which clocks go back, for no block may follow sooner, and has its pace at once', () => {
    const { blocksInFirst40, longestOfFirst36, meanOfFirst12, backAgain, to25Percent } = scenario('clocks back');
    expect(blocksInFirst40).toEqual({ median: 0, p10: 0, p90: 0 });
    // An hour less what a block may lead and, because the newest one had been there, less than its own wait; then one that was searched for.
    expect(longestOfFirst36.p10).toBeGreaterThan(234);
    expect(longestOfFirst36.p90).toBeLessThan(243);
    expect(meanOfFirst12.median).toBeGreaterThan(238 / 12);
    expect(meanOfFirst12.p90).toBeLessThan(238 / 12 + 2);
    expect(backAgain.blocks).toBe(0);
    expect(to25Percent.blocks).toBe(0);
  });

  it.each(['clocks forward', 'late dates', 'early dates'])('hardly notices %s', (name) => {
    const { to25Percent, blocksInFirst40 } = scenario(name);
    expect(to25Percent).toEqual({ blocks: 0, time: 0 });
    expect(blocksInFirst40.median).toBeGreaterThan(34);
    expect(blocksInFirst40.median).toBeLessThan(50);
  });

  it('wakes from an outage without a storm of easy blocks, which the cap on time prevents', () => {
    expect(scenario('outage').blocksInFirst40.p90).toBeLessThan(60);
    // Eight hours are 1,920 intervals, and plain ASERT makes up for all of them.
    expect(scenario('outage, no cap').blocksInFirst40.p10).toBeGreaterThan(1_850);
  });

  it('is drawn as an SVG with every scenario, units and finite coordinates', () => {
    const svg = renderDifficulty(report);
    for (const { scenario: drawn } of report.scenarios) {
      expect(svg.includes(`>${drawn.what}<`)).toBe(drawn.plotFrom !== undefined);
    }
    expect(svg).toContain('time, in intervals of 15 s');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('a fresh network', () => {
  const second: DifficultyRules = {
    blockIntervalMs: 1_000,
    halfLifeMs: 36_000,
    firstTarget: targetForRate(4_000_000, 1_000),
    largestTarget: targetForRate(4_000_000, 1_000) * 65_536n,
  };
  const reports = [rules, second].flatMap((each) => measureFresh(each, { runs: 200, seed: 1 }));
  const meansOf = (chosen: (network: FreshNetwork) => boolean) =>
    reports
      .filter(({ network }) => chosen(network))
      .flatMap(({ stampedWhenFound, stampedWhenBuilt }) => [stampedWhenFound, stampedWhenBuilt]);

  it('has its first 40 blocks as planned, whenever miners come and whichever time headers carry', () => {
    const means = meansOf(({ factor, countsDelay }) => factor === 1 && !countsDelay);
    expect(means).toHaveLength(12);
    for (const mean of means) expect(Math.abs(mean - 1)).toBeLessThan(0.03);
  });

  it('would hurry for time in which nobody mined, if that were counted', () => {
    for (const mean of meansOf(({ countsDelay }) => countsDelay === true)) expect(mean).toBeLessThan(0.95);
  });

  it('evens out half of an error of its first target', () => {
    for (const mean of meansOf(({ factor }) => factor === 1.15)) expect(mean).toBeGreaterThan(1 / 1.15);
    for (const mean of meansOf(({ factor }) => factor === 0.85)) expect(mean).toBeLessThan(1 / 0.85);
  });
});
