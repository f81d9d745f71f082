/** The measurement of the mining threads runs, and what it says hangs together; it judges no figure. */
import { expect, test } from 'vitest';
import { wattchain } from './framework.js';

interface SwitchTimes {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

interface Report {
  readonly templateSwitch: SwitchTimes & { switches: number; arithmetic: SwitchTimes };
  readonly polling: { pollNs: number; pollsPerSecond: number; computedShare: number };
  readonly duty: { asked: number; used: number; deviation: number }[];
  readonly scaling: { oneThreadHashesPerSecond: number; twoThreadsHashesPerSecond: number; ratio: number };
}

test('wattchain bench miner --quick measures the real threads', async () => {
  const { stdout, stderr, code } = await wattchain(['bench', 'miner', '--quick', '--json']);
  expect([stderr, code]).toEqual(['', 0]);
  const { templateSwitch, polling, duty, scaling } = JSON.parse(stdout) as Report;
  expect(templateSwitch.switches).toBe(20);
  for (const { medianMs, p95Ms, p99Ms } of [templateSwitch, templateSwitch.arithmetic]) {
    expect(medianMs).toBeGreaterThan(0);
    expect(p95Ms).toBeGreaterThanOrEqual(medianMs);
    expect(p99Ms).toBeGreaterThanOrEqual(p95Ms);
  }
  expect(polling.computedShare).toBeCloseTo((polling.pollNs * polling.pollsPerSecond) / 1e9, 10);
  expect(duty.map(({ asked }) => asked)).toEqual([0.25, 1]);
  for (const { asked, used, deviation } of duty) {
    expect(used).toBeGreaterThan(0);
    expect(deviation).toBeCloseTo(used / asked - 1, 10);
  }
  expect(Math.min(scaling.oneThreadHashesPerSecond, scaling.twoThreadsHashesPerSecond)).toBeGreaterThan(10_000);
  expect(scaling.ratio).toBeGreaterThan(0);
});
