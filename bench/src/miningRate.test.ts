import { describe, expect, it } from 'vitest';
import { RateRecord } from './miningRate.js';

/** Adds samples of a thread at a duty, one every quarter of a second, until they are enough; how many and their sum. */
function watch(duty: number, rateOf: (sample: number) => number) {
  const record = new RateRecord();
  for (let sample = 1; sample < 1_000; sample++) {
    const cpuMs = 250 * duty;
    if (record.add({ tries: cpuMs * rateOf(sample), cpuMs }, 250 * sample)) {
      return { sample, rate: record.sum.tries / record.sum.cpuMs };
    }
  }
  return expect.fail('never enough');
}

describe('the rate of a mining thread', () => {
  it('is that of three seconds, without what it did first', () => {
    const { sample, rate } = watch(0.2, (each) => (each <= 2 ? 1 : 10));
    expect(sample).toBe(14);
    expect(rate).toBeCloseTo(10);
  });

  it('leaves out as much processor time on a busy machine, and waits for as much as it needs', () => {
    // 60 ms to settle and 240 ms to be watched, at 5 ms each.
    const { sample, rate } = watch(0.02, (each) => (each <= 12 ? 1 : 10));
    expect(sample).toBe(60);
    expect(rate).toBeCloseTo(10);
  });

  it('is the mean of what comes later too, not of the best moments', () => {
    expect(watch(0.2, (each) => (each % 2 === 0 ? 8 : 12)).rate).toBeCloseTo(10);
  });
});
