/** Plans and saboteurs for the tests of the scenarios. */
import type { World } from '../world/world.js';
import type { NodePlan, Plan } from './plan.js';
import type { Ground, Rule } from './rule.js';
import { runPlan } from './run.js';

/** Nodes of equal strength. */
export const ALIKE: readonly NodePlan[] = [0, 1, 2, 3].map(() => ({ triesPerSecond: 4 }));

/** Four honest nodes and nothing wrong, for a quarter of an hour. */
export function calmPlan(change: Partial<Plan> = {}): Plan {
  return { scenario: 'test', seed: 1, hours: 0.25, nodes: ALIKE, faults: [], splits: 'forbidden', ...change };
}

/** Does something to the world that no plan knows of. */
export class Saboteur implements Rule {
  readonly name = 'sabotage';

  constructor(
    private readonly atMinute: number,
    private readonly act: (world: World) => void,
  ) {}

  begin({ world }: Ground): void {
    world.time.schedule(this.atMinute * 60_000, 'sabotage', () => this.act(world));
  }
}

/** The names of the rules that a run breaks when somebody sabotages it, in their order, each once. */
export async function brokenBy(plan: Plan, atMinute: number, act: (world: World) => void): Promise<string[]> {
  const { violations } = await runPlan(plan, { rules: [new Saboteur(atMinute, act)] });
  return [...new Set(violations.map(({ rule }) => rule))];
}
