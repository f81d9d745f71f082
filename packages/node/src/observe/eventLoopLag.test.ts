import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ManualRuntime } from '../../testing/manualRuntime.js';
import { EventLoopLag } from './eventLoopLag.js';

/** Keeps the event loop busy, as one long task does. */
function block(durationMs: number): void {
  const end = performance.now() + durationMs;
  while (performance.now() < end);
}

test('a task of 200 ms shows as a lag of that size, and stands until the next window is complete', async () => {
  const runtime = new ManualRuntime(0);
  const lag = new EventLoopLag(runtime.scheduler);
  expect(lag.current()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
  lag.start();
  // The monitor needs a first timer to measure from.
  while (lag.current().maxMs === 0) await nextTurn();
  block(200);
  while (lag.current().maxMs < 180) await nextTurn();
  expect(lag.current().p50Ms).toBeLessThan(180);
  runtime.advance(15_000);
  const complete = lag.current();
  expect(complete.maxMs).toBeGreaterThanOrEqual(180);
  block(400);
  await nextTurn();
  expect(lag.current()).toEqual(complete);
  lag.stop();
  expect(runtime.timers).toBe(0);
});
