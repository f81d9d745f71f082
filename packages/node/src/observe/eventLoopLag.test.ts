import { createHistogram } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { EventLoopLag } from './eventLoopLag.js';

const NS_PER_MS = 1e6;

test('a task of 200 ms shows as a lag of at least that size', async () => {
  const lag = new EventLoopLag(new ManualRuntime(0).scheduler);
  expect(lag.current()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
  lag.start();
  // The monitor needs a first timer to measure from.
  while (lag.current().maxMs === 0) await nextTurn();
  const endMs = performance.now() + 200;
  while (performance.now() < endMs);
  while (lag.current().maxMs < 180) await nextTurn();
  lag.stop();
});

test('what is told is the first window so far, then the last complete one, without the timer’s own period', () => {
  const runtime = new ManualRuntime(0);
  const delays = Object.assign(createHistogram(), { enable: () => true, disable: () => true });
  const record = (...delaysMs: number[]) => {
    for (const ms of delaysMs) delays.record(NS_PER_MS * ms);
  };
  const lag = new EventLoopLag(runtime.scheduler, delays);
  lag.start();
  record(10, 10, 10, 210);
  const first = lag.current();
  expect(first.p50Ms).toBeCloseTo(0, 1);
  expect(first.maxMs).toBeCloseTo(200, 0);
  runtime.advance(15_000);
  record(410);
  expect(lag.current()).toEqual(first);
  runtime.advance(15_000);
  expect(lag.current().p50Ms).toBeCloseTo(400, 0);
  runtime.advance(15_000);
  expect(lag.current()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
  lag.stop();
  expect(runtime.timers).toBe(0);
});
