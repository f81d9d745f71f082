import { expect, it } from 'vitest';
import type { Fault, Plan } from './plan.js';
import type { Ground, Rule, Watched } from './rule.js';
import { runPlan } from './run.js';
import { shrinkWhile } from './shrink.js';
import { calmPlan } from './testPlans.js';

const minute = 30_000;
const FAULTS: readonly Fault[] = [
  { kind: 'loss', atMs: 3 * minute, forMs: minute, lossPerMille: 50, duplicatePerMille: 0, jitterMs: 0 },
  { kind: 'crash', atMs: 3 * minute, forMs: minute, node: 1 },
  { kind: 'clock', atMs: 3 * minute, forMs: minute, node: 3, offsetMs: 1_000 },
  { kind: 'partition', atMs: 4 * minute, forMs: minute / 2, groups: [[0], [1, 2, 3]] },
];
const PLAN = calmPlan({ hours: 0.06, faults: FAULTS });

it('a plan is made as small as it can be without losing what it shows', async () => {
  const kinds = ({ faults }: Plan) => faults.map(({ kind }) => kind);
  const needsBoth = async (plan: Plan) => kinds(plan).includes('loss') && kinds(plan).includes('clock');
  const { plan, tries } = await shrinkWhile(PLAN, needsBoth);
  expect(plan.faults).toMatchObject([
    { kind: 'loss', forMs: 1_000 },
    { kind: 'clock', forMs: 1_000 },
  ]);
  expect(tries).toBeLessThan(40);
  expect({ ...plan, faults: PLAN.faults }).toEqual(PLAN);
});

it('a run that goes wrong when one node starts again is traced to the crash of that node', async () => {
  class SecondStart implements Rule {
    readonly name = 'secondStart';
    #ground: Ground | undefined;

    begin(ground: Ground): void {
      this.#ground = ground;
    }

    opened({ node }: Watched): void {
      if (node.index === 1 && node.incarnation === 2) this.#ground?.violate(this, 'planted', node);
    }
  }
  const isBad = async (plan: Plan) => {
    const { violations } = await runPlan(plan, { rules: [new SecondStart()], untilRule: 'secondStart' });
    return violations.some(({ rule }) => rule === 'secondStart');
  };
  expect(await isBad(PLAN)).toBe(true);
  const { plan } = await shrinkWhile(PLAN, isBad);
  expect(plan.faults).toEqual([{ kind: 'crash', atMs: 3 * minute, forMs: 1_000, node: 1 }]);
});
