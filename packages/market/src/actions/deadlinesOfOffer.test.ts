import { describe, expect, it } from 'vitest';
import * as market from '../index.js';

describe('deadlines of an offer', () => {
  const within = { acceptWithin: 3_600n, settleWithin: 86_400n };
  const rules = { resolutionSeconds: 3_600n, marketTimeOffset: 0n, gateSeconds: 600n, longestSpanSeconds: 604_800n };

  it('leave a day for the reading after the period', () => {
    expect(market.deadlinesOfOffer(900_000n, 1_000_000n, rules, within)).toEqual({
      acceptUntil: 903_600n,
      settleBy: 1_000_000n + 3_600n + 86_400n,
    });
  });

  it('close where the gate says so, and do not reach beyond the longest span', () => {
    const short = { ...rules, longestSpanSeconds: 80_000n };
    expect(market.deadlinesOfOffer(999_000n, 1_000_000n, short, within)).toEqual({
      acceptUntil: 999_400n,
      settleBy: 1_079_000n,
    });
  });

  it('count in block time where market time is another, and from now where the period is over', () => {
    const testbed = { ...rules, marketTimeOffset: -1_000_000n, gateSeconds: -86_400n };
    expect(market.deadlinesOfOffer(1_010_000n, 0n, testbed, within)).toEqual({
      acceptUntil: 1_013_600n,
      settleBy: 1_010_000n + 86_400n,
    });
  });
});
