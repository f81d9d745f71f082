import { describe, expect, it } from 'vitest';
import { meanIntervalMs, paceOf } from './pace.js';

const blocks = (from: number, times: readonly number[], difficulty = 1000n) =>
  times.map((timestampMs, index) => ({ height: from + index, timestampMs, difficulty }));

describe('the pace of the chain', () => {
  it('is the work of the last blocks over the time they took', () => {
    const pace = paceOf(blocks(0, [0, 1000, 3000, 4000]), 2);
    expect(pace.map(({ intervalMs }) => intervalMs)).toEqual([1000, 2000, 1000]);
    // 1 block in 1 s; then 2 blocks of 1,000 tries in 3 s each.
    expect(pace.map(({ hashesPerSecond }) => Math.round(hashesPerSecond ?? -1))).toEqual([1000, 667, 667]);
  });
  it('says no rate before enough blocks are known, unless the chain itself is that short', () => {
    expect(paceOf(blocks(7, [0, 1000, 2000]), 2).map(({ hashesPerSecond }) => hashesPerSecond)).toEqual([null, 1000]);
  });
  it('knows no mean of one block', () => {
    expect(meanIntervalMs(blocks(3, [5]))).toBeUndefined();
    expect(meanIntervalMs(blocks(3, [0, 1000, 4000]))).toBe(2000);
  });
});
