import { expect, it } from 'vitest';
import { SeededRandom } from '../world/random.js';
import { World } from '../world/world.js';
import { Conditions } from './conditions.js';
import { type Fault, hasMembershipRule, lyingPerMille, parsePlan } from './plan.js';
import { drawSchedule } from './schedule.js';
import { SCENARIOS } from './suite.js';
import { calmPlan } from './testPlans.js';

const OPTIONS = {
  nodes: 5,
  durationMs: 7_200_000,
  blockIntervalMs: 15_000,
  count: 30,
  kinds: ['partition', 'flap', 'oneWay', 'crash', 'disk', 'clock', 'slow', 'loss', 'hashRate'] as const,
  hasLongPartitions: true,
  areRatesCommon: false,
};

it('a schedule is the same for the same seed, and one fault more leaves the others as they are', () => {
  const faults = drawSchedule(new SeededRandom('a'), OPTIONS);
  expect(drawSchedule(new SeededRandom('a'), OPTIONS)).toEqual(faults);
  expect(drawSchedule(new SeededRandom('b'), OPTIONS)).not.toEqual(faults);
  const more = drawSchedule(new SeededRandom('a'), { ...OPTIONS, count: 31 });
  expect(more).toEqual(expect.arrayContaining(faults));
  expect(new Set(faults.map(({ kind }) => kind)).size).toBeGreaterThan(6);
});

it('nothing begins before the nodes have met or lasts to the end, and no process is wanted twice', () => {
  for (let seed = 0; seed < 50; seed++) {
    const faults = drawSchedule(new SeededRandom(`${seed}`), OPTIONS);
    for (const { atMs, forMs } of faults) {
      expect(atMs).toBeGreaterThanOrEqual(120_000);
      expect(atMs + forMs).toBeLessThanOrEqual((OPTIONS.durationMs * 7) / 8);
      expect(forMs).toBeGreaterThanOrEqual(1_000);
    }
    const ofProcess = faults.filter((fault): fault is Extract<Fault, { kind: 'crash' | 'disk' }> =>
      ['crash', 'disk'].includes(fault.kind),
    );
    for (const [i, a] of ofProcess.entries()) {
      for (const b of ofProcess.slice(i + 1)) {
        if (a.node === b.node) expect(a.atMs + a.forMs).toBeLessThan(b.atMs);
      }
    }
  }
});

it('links, clocks and hash power are what all faults in force make of them, and as before when those are over', async () => {
  const world = await World.create({ seed: 1, nodes: 4 });
  const conditions = new Conditions(world, calmPlan());
  const before = structuredClone(world.network.link(0, 1));
  const time = { atMs: 0, forMs: 1_000 };
  const split: Fault = { ...time, kind: 'partition', groups: [[0], [1, 2, 3]] };
  const deaf: Fault = { ...time, kind: 'oneWay', from: [0, 1], to: [2] };
  const slow: Fault = { ...time, kind: 'slow', node: 1, delayMs: 700 };
  const loss: Fault = { ...time, kind: 'loss', lossPerMille: 100, duplicatePerMille: 50, jitterMs: 300 };
  const clock: Fault = { ...time, kind: 'clock', node: 3, offsetMs: 60_000 };
  const rate: Fault = { ...time, kind: 'hashRate', nodes: [2], perMille: 250 };
  for (const fault of [split, deaf, slow, loss, clock, rate]) conditions.begin(fault);
  expect(world.network.link(0, 1)).toMatchObject({ cut: true, lossPerMille: 100, slowMs: 700 });
  expect(world.network.link(1, 2)).toMatchObject({ cut: true });
  expect(world.network.link(2, 1)).toMatchObject({ cut: false, latency: { maxMs: before.latency.maxMs + 300 } });
  expect(world.nodes.map(({ clockOffsetMs }) => clockOffsetMs)).toEqual([0, 0, 0, 60_000]);
  expect(world.nodes.map(({ triesPerSecond }) => triesPerSecond)).toEqual([4, 4, 1, 4]);
  // The link from 0 to 2 is cut twice.
  conditions.end(split);
  expect(world.network.link(0, 2).cut).toBe(true);
  expect(world.network.link(0, 3).cut).toBe(false);
  for (const fault of [deaf, slow, loss, clock, rate]) conditions.end(fault);
  expect(world.network.link(0, 2)).toEqual(before);
  expect(world.nodes.map(({ clockOffsetMs, triesPerSecond }) => [clockOffsetMs, triesPerSecond])).toEqual(
    Array.from({ length: 4 }, () => [0, 4]),
  );
});

it('liveness is asked of the honest majority alone that is connected, sound, and sees enough members', async () => {
  const world = await World.create({ seed: 1, nodes: 4 });
  const conditions = new Conditions(world, calmPlan());
  await world.run(10_000);
  const time = { atMs: 0, forMs: 1_000 };
  expect(conditions.core).toEqual([0, 1, 2, 3]);
  const alone: Fault = { ...time, kind: 'partition', groups: [[0], [1, 2, 3]] };
  conditions.begin(alone);
  expect(conditions.core).toEqual([1, 2, 3]);
  const late: Fault = { ...time, kind: 'clock', node: 1, offsetMs: -60_000 };
  conditions.begin(late);
  expect(conditions.core).toEqual([]);
  expect(conditions.largestComponent).toEqual([2, 3]);
  conditions.end(late);
  conditions.end(alone);
  const halves: Fault = {
    ...time,
    kind: 'partition',
    groups: [
      [0, 1],
      [2, 3],
    ],
  };
  conditions.begin(halves);
  expect(conditions.core).toEqual([]);
  await world.end();
});

it('every scenario makes plans for any number of nodes that come back from their file as they were', () => {
  for (const { plan } of SCENARIOS.values()) {
    for (const nodes of [4, 7, 20]) {
      const made = plan(3, nodes, 2);
      expect(made.nodes.length).toBe(nodes);
      expect(parsePlan(JSON.stringify(made))).toEqual(made);
    }
  }
  expect(() => parsePlan('{"seed":1}')).toThrow('no plan');
  expect(() => parsePlan('nonsense')).toThrow('no plan');
});

it('what must hold is asked where liars have less than a third, and long partitions are drawn where the smaller side rests', () => {
  const { plan } = SCENARIOS.get('default') as NonNullable<ReturnType<typeof SCENARIOS.get>>;
  let liars = 0;
  for (let seed = 0; seed < 100; seed++) {
    const made = plan(seed, 4 + (seed % 30), 2);
    liars += made.nodes.filter(({ lie }) => lie !== undefined).length;
    expect(lyingPerMille(made)).toBeLessThan(334);
    if (hasMembershipRule(made)) continue;
    for (const fault of made.faults) {
      if (fault.kind === 'partition' || fault.kind === 'oneWay') expect(fault.forMs).toBeLessThanOrEqual(60_000);
    }
  }
  expect(liars).toBeGreaterThan(100);
});
