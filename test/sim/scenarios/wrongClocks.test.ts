/** Most clocks are wrong together, and then right again: no partition, no liar. */
import { expect, it } from 'vitest';
import { runPlan } from './run.js';
import { calmPlan } from './testPlans.js';

const MINUTE_MS = 60_000;

it('most clocks are ahead, and then right again: nobody confirms a second history meanwhile', async () => {
  const faults = [0, 1, 2].map((node) => {
    return { kind: 'clock', atMs: MINUTE_MS, forMs: 7 * MINUTE_MS, node, offsetMs: 18 * MINUTE_MS } as const;
  });
  const { violations, counts, height } = await runPlan(calmPlan({ hours: 0.5, faults }));
  expect(violations).toEqual([]);
  expect(counts.splits).toBeUndefined();
  // They waited for the time that their blocks told, and went on.
  expect(counts['seconds that the chain waited for its clocks']).toBeGreaterThan(600);
  expect(height).toBeGreaterThan(25);
});
