import { expect, it } from 'vitest';
import { runPlan } from './run.js';
import { SCENARIOS } from './suite.js';

function planOf(name: string, seed: number, hours: number, nodes = 4) {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw new TypeError(`no scenario ${name}`);
  return scenario.plan(seed, nodes, hours);
}

it('the default scenario breaks no rule, and goes the same way from the same seed', async () => {
  const plan = planOf('default', 2, 0.25);
  const [first, again] = [await runPlan(plan), await runPlan(plan)];
  expect(first.violations).toEqual([]);
  expect(first.height).toBeGreaterThan(20);
  expect(again).toEqual(first);
  expect((await runPlan(planOf('default', 3, 0.1))).digest).not.toBe(first.digest);
});

it.each(['partition22', 'partition31', 'oneWay', 'flapping', 'crashes', 'clocks'])(
  '%s breaks no rule',
  async (name) => {
    const { violations, height } = await runPlan(planOf(name, 1, 0.15));
    expect(violations).toEqual([]);
    expect(height).toBeGreaterThan(10);
  },
);

it('more nodes than anybody sees all of agree as well', async () => {
  const { violations, height } = await runPlan(planOf('default', 1, 0.1, 20));
  expect(violations).toEqual([]);
  expect(height).toBeGreaterThan(5);
});
