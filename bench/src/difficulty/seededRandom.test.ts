import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seededRandom.js';

describe('SeededRandom', () => {
  it('is xoshiro128**', () => {
    // Outputs of the reference implementation in C, version 1.1 (prng.di.unimi.it), from this state.
    const random = new SeededRandom([1, 2, 3, 4]);
    const words = Array.from({ length: 8 }, () => random.uint32());
    expect(words).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849]);
  });

  it('repeats for a seed and a run, and differs for others', () => {
    const first = (seed: number, run: number) => SeededRandom.ofRun(seed, run).uint32();
    expect(first(7, 3)).toBe(first(7, 3));
    expect(new Set([first(7, 3), first(7, 4), first(8, 3), first(3, 7)]).size).toBe(4);
  });

  it('draws exponential numbers: mean and variance 1, a share of exp(−x) above x', () => {
    const random = SeededRandom.ofRun(1, 0);
    const draws = Array.from({ length: 100_000 }, () => random.exponential());
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    // Five standard errors: 1/√n of the mean, √(8/n) of the variance.
    expect(Math.abs(mean - 1)).toBeLessThan(5 / Math.sqrt(draws.length));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(8 / draws.length));
    const above2 = draws.filter((draw) => draw > 2).length / draws.length;
    expect(Math.abs(above2 - Math.exp(-2))).toBeLessThan(0.006);
  });
});
