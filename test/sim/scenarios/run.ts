import { type Violation, World } from '../world/world.js';
import { disguisesOf } from './lies/lies.js';
import type { Plan } from './plan.js';
import type { Ground, Rule } from './rule.js';
import { Alarm } from './rules/alarm.js';
import { Confirmed } from './rules/confirmed.js';
import { Conservation } from './rules/conservation.js';
import { Convergence } from './rules/convergence.js';
import { Depths } from './rules/depths.js';
import { Energy } from './rules/energy.js';
import { Growth } from './rules/growth.js';
import { Inclusion } from './rules/inclusion.js';
import { Queues } from './rules/queues.js';
import { Standing } from './rules/standing.js';
import { StateRoots } from './rules/stateRoots.js';
import { applySchedule } from './schedule.js';
import { Watcher } from './watcher.js';
import { peopledGenesis } from './workload/people.js';
import { Workload } from './workload/workload.js';

export interface RunOptions {
  /** The run ends when this rule is broken. */
  readonly untilRule?: string;
  /** More rules than those of every run. */
  readonly rules?: readonly Rule[];
  /** Called after every virtual minute. */
  readonly onProgress?: (world: World) => void;
}

/** What came of a run; the same for the same plan. */
export interface RunResult {
  readonly violations: readonly Violation[];
  readonly events: number;
  /** A short name of everything that happened. */
  readonly digest: string;
  /** Virtual hours that have passed. */
  readonly hours: number;
  /** Of the best sound head. */
  readonly height: number;
  /** Figures by their names, sorted. */
  readonly counts: Readonly<Record<string, number>>;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Plays a plan to its end. */
export async function runPlan(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  const { untilRule, onProgress } = options;
  const workload = new Workload();
  // The workload first: what is followed must be known before it is judged.
  const rules = [workload, ...everyRule(workload), ...(options.rules ?? [])];
  const watcher = new Watcher(plan, rules, (rule) => {
    if (rule === untilRule) watcher.ground.world.time.stop();
  });
  const world = await World.create({
    seed: plan.seed,
    nodes: plan.nodes.length,
    triesPerSecond: plan.nodes.map(({ triesPerSecond }) => triesPerSecond),
    genesis: peopledGenesis(),
    ...(plan.minMembers === undefined ? {} : { minMembers: plan.minMembers }),
    disguises: disguisesOf(plan),
    checkers: [watcher],
  });
  applySchedule(world, watcher.ground.conditions, plan.faults);
  const endMs = Math.round(plan.hours * HOUR_MS);
  for (let untilMs = 0; untilMs < endMs; ) {
    untilMs = Math.min(endMs, untilMs + MINUTE_MS);
    await world.run(untilMs);
    onProgress?.(world);
    if (world.violations.some(({ rule }) => rule === untilRule)) break;
  }
  const { height, byLiars } = blocksOf(watcher.ground);
  watcher.ground.count('blocks on the best chain', height);
  if (byLiars > 0) watcher.ground.count('blocks on the best chain by liars', byLiars);
  const hours = world.time.nowMs / HOUR_MS;
  await world.end();
  return {
    violations: world.violations,
    events: world.time.events,
    digest: world.digest(),
    hours,
    height,
    counts: Object.fromEntries([...watcher.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function everyRule(workload: Workload): Rule[] {
  return [
    new StateRoots(),
    new Conservation(),
    new Energy(),
    new Confirmed(),
    new Queues(),
    new Standing(),
    new Growth(),
    new Inclusion(workload),
    new Convergence(),
    new Alarm(),
    new Depths(),
  ];
}

/** How long the best chain of a sound node is, and how many of its blocks lying nodes made. */
function blocksOf({ world: { nodes }, conditions }: Ground): { readonly height: number; readonly byLiars: number } {
  const chain = conditions.best(conditions.sound)?.services?.chain;
  if (chain === undefined) return { height: 0, byLiars: 0 };
  const liars = new Set(nodes.filter(({ isHonest }) => !isHonest).map(({ address }) => address));
  const { height } = chain.head.header;
  let byLiars = 0;
  for (let i = 1; liars.size > 0 && i <= height; i++) {
    const miner = chain.headerByHeight(i)?.header.miner;
    if (miner !== undefined && liars.has(miner)) byLiars++;
  }
  return { height, byLiars };
}
