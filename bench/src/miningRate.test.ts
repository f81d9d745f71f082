import { describe, expect, it } from 'vitest';
import { usualRate } from './miningRate.js';

const windows = (...rates: readonly number[]) => rates.map((rate) => ({ tries: rate * 50, cpuMs: 50 }));

describe('the usual rate of a mining thread', () => {
  it('is what a third of its windows surpass, in tries per millisecond of processor time', () => {
    expect(usualRate(windows(9, 10, 11, 12, 13, 14))).toBe(13);
  });

  it('is not pulled down by the disturbances of a start, nor up by a lucky window', () => {
    expect(usualRate(windows(7, 7, 8, 11, 11, 11))).toBe(11);
    expect(usualRate(windows(10, 11, 10, 10, 16, 10, 11))).toBe(11);
  });

  it('needs a window', () => {
    expect(() => usualRate([])).toThrow('a rate needs a window');
  });
});
