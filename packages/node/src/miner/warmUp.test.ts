import { MIDSTATE_COUNT, search } from '@wattchain/core';
import { expect, it } from 'vitest';
import { warmUp } from './warmUp.js';

it('makes short calls that can find nothing for half a second, and takes the rate at the end', () => {
  // Each try takes 1/600 ms at first and 1/6,000 ms once it is compiled; a fifth of the time belongs to others.
  let cpuMs = 0;
  const calls: { nonces: number; inRange: boolean; found: boolean; target: number; isLarge: boolean }[] = [];
  const sample = warmUp({
    search: (sealHash, targetWords, extraNonce, midstates, nonceStart, nonceEnd, stop) => {
      const tries = midstates * (nonceEnd - nonceStart);
      cpuMs += tries / (cpuMs < 100 ? 600 : 6_000);
      const result = search(sealHash, targetWords, extraNonce, 1, nonceStart, nonceStart + 1, stop);
      calls.push({
        nonces: nonceEnd - nonceStart,
        inRange: nonceStart >= 0 && nonceEnd <= 2 ** 32,
        found: result.solution !== undefined,
        target: targetWords.reduce((sum, word) => sum + word, 0),
        isLarge: nonceStart >= 2 ** 31,
      });
      return { tries };
    },
    nowMs: () => 1.25 * cpuMs,
    cpuMs: () => cpuMs,
  });
  expect(cpuMs).toBeCloseTo(400, -1);
  expect(Math.max(...calls.map(({ nonces }) => nonces))).toBe(12);
  expect(calls.every(({ inRange, found, target }) => inRange && !found && target === 0)).toBe(true);
  expect(calls.filter(({ isLarge }) => isLarge).length / calls.length).toBeCloseTo(0.5, 1);
  expect(sample.tries / sample.cpuMs).toBeCloseTo(6_000);
  expect(sample.cpuMs).toBeGreaterThan(100);
  expect(sample.tries % MIDSTATE_COUNT).toBe(0);
});

it.each([
  ['goes on where others have the processor, until it has had its part', 10, 250],
  ['and ends where there is next to none', 100, 51.5],
])('%s', (_, timesSlower, expected) => {
  let cpuMs = 0;
  const spent = (nonces: number) => {
    cpuMs += (MIDSTATE_COUNT * nonces) / 6_000;
    return { tries: MIDSTATE_COUNT * nonces };
  };
  warmUp({
    search: (_hash, _target, _extraNonce, _midstates, nonceStart, nonceEnd) => spent(nonceEnd - nonceStart),
    nowMs: () => timesSlower * cpuMs,
    cpuMs: () => cpuMs,
  });
  // And what is measured at the end.
  expect(cpuMs).toBeGreaterThanOrEqual(expected);
  expect(cpuMs).toBeLessThan(expected + 20);
});
