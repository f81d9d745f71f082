/** The scenarios that a run can be told to play, by name. */
import { SeededRandom } from '../world/random.js';
import { MOST_MEMBERS } from '../world/world.js';
import { type Fault, LIES, type Lie, type NodePlan, type Plan } from './plan.js';
import { drawSchedule, type ScheduleOptions } from './schedule.js';
import { INTERVAL_MS } from './workload/people.js';

/** A way to make a plan out of a seed. */
export interface Scenario {
  readonly name: string;
  /** What it shows, in a line. */
  readonly description: string;
  /** Where nobody says otherwise: 4 nodes, 2 hours. */
  readonly nodes?: number;
  readonly hours?: number;
  plan(seed: number, nodes: number, hours: number): Plan;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Hash power of a node where all have the same. */
const TRIES_PER_SECOND = 4;
/** Faults of the default scenario in an hour. */
const FAULTS_PER_HOUR = 8;
/** Lying hash power stays below a third, whatever honest nodes are given: in thousandths. */
const MOST_LYING = 320;
/** What one liar can do to honest nodes below a third; selfish mining has scenarios of its own, which count. */
const HARMLESS_LIES = LIES.filter((lie) => lie !== 'selfish');
const EVERY_KIND: readonly Fault['kind'][] = [
  'partition',
  'flap',
  'oneWay',
  'crash',
  'crash',
  'disk',
  'clock',
  'slow',
  'loss',
  'hashRate',
];

const alike = (nodes: number): NodePlan[] =>
  Array.from({ length: nodes }, () => ({ triesPerSecond: TRIES_PER_SECOND }));

/** In a network where nobody can see a majority of the others, two neighbours must do; its partitions are kept short. */
const minMembersOf = (nodes: number): Pick<Plan, 'minMembers'> => (nodes <= MOST_MEMBERS ? {} : { minMembers: 2 });

/** Honest nodes of different strength, and so many liars that they have less than a third together. */
function mixedNodes(random: SeededRandom, nodes: number): NodePlan[] {
  const plans: NodePlan[] = Array.from({ length: nodes }, () => ({ triesPerSecond: random.between(2, 6) }));
  const most = Math.floor((nodes - 1) / 3);
  const liars = most === 0 || random.chance(250) ? 0 : random.between(1, most);
  const order = random.shuffle(plans.map((_, index) => index)).slice(0, liars);
  const honest = plans.reduce((sum, { triesPerSecond }, i) => (order.includes(i) ? sum : sum + triesPerSecond), 0);
  const power = (honest * MOST_LYING) / (1_000 - MOST_LYING) / Math.max(1, liars);
  for (const index of order) {
    plans[index] = { triesPerSecond: Math.min(TRIES_PER_SECOND, power), lie: random.pick(HARMLESS_LIES) };
  }
  return plans;
}

/** Faults of these kinds out of a seed, on nodes that may lie. */
function drawn(
  name: string,
  seed: number,
  nodes: readonly NodePlan[],
  hours: number,
  over: Partial<ScheduleOptions> = {},
): Plan {
  const random = new SeededRandom(`plan ${name} ${seed}`);
  const options: ScheduleOptions = {
    nodes: nodes.length,
    durationMs: hours * HOUR_MS,
    blockIntervalMs: INTERVAL_MS,
    count: Math.max(1, Math.round(FAULTS_PER_HOUR * hours)),
    kinds: EVERY_KIND,
    hasLongPartitions: nodes.length <= MOST_MEMBERS,
    // Else it would lift liars above a third.
    areRatesCommon: nodes.some(({ lie }) => lie !== undefined),
    ...over,
  };
  const faults = drawSchedule(random.fork('faults'), options);
  return { scenario: name, seed, hours, nodes, ...minMembersOf(nodes.length), faults, splits: 'forbidden' };
}

/** The same cut again and again, short and long, with time to heal between. */
function cuts(
  name: string,
  seed: number,
  nodes: number,
  hours: number,
  cut: (atMs: number, forMs: number) => Fault,
): Plan {
  const random = new SeededRandom(`plan ${name} ${seed}`);
  const faults: Fault[] = [];
  const lengths = [5_000, 4 * INTERVAL_MS, 14 * INTERVAL_MS, 40 * INTERVAL_MS, 80 * INTERVAL_MS];
  let atMs = 2 * MINUTE_MS;
  for (let i = 0; ; i++) {
    const forMs = lengths[i % lengths.length] as number;
    if (atMs + forMs > hours * HOUR_MS - 8 * MINUTE_MS) break;
    faults.push(cut(atMs, forMs));
    atMs += forMs + random.between(4, 8) * MINUTE_MS;
  }
  return { scenario: name, seed, hours, nodes: alike(nodes), faults, splits: 'forbidden' };
}

/** Two halves that both mine: nobody must see more than itself, so the network can come to two histories. */
function halves(
  name: string,
  seed: number,
  nodes: number,
  hours: number,
  lengthMs: (random: SeededRandom) => number,
  everyMs: number,
): Plan {
  const random = new SeededRandom(`plan ${name} ${seed}`);
  const faults: Fault[] = [];
  for (let atMs = 5 * MINUTE_MS; atMs + everyMs <= hours * HOUR_MS; atMs += everyMs) {
    faults.push({ kind: 'partition', atMs, forMs: lengthMs(random), groups: groupsOf(nodes, Math.floor(nodes / 2)) });
  }
  const operatorAfterMs = 5 * MINUTE_MS;
  return {
    scenario: name,
    seed,
    hours,
    nodes: alike(nodes),
    minMembers: 1,
    faults,
    splits: 'counted',
    operatorAfterMs,
  };
}

/** One node with so many thousandths of the hash power, all others honest. */
function oneLiar(name: string, seed: number, nodes: number, hours: number, lie: Lie, perMille: number): Plan {
  const honest = alike(nodes - 1);
  const power = (honest.length * TRIES_PER_SECOND * perMille) / (1_000 - perMille);
  const plan = { scenario: name, seed, hours, nodes: [...honest, { triesPerSecond: power, lie }], faults: [] };
  return { ...plan, splits: 'counted', operatorAfterMs: 10 * MINUTE_MS };
}

const indicesBelow = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function groupsOf(nodes: number, first: number): number[][] {
  const all = indicesBelow(nodes);
  return [all.slice(0, first), all.slice(first)];
}

/** What halves of the hash power take for a block, on average. */
const HALF_BLOCK_MS = 2 * INTERVAL_MS;
const around = (blocks: number) => (random: SeededRandom) =>
  Math.floor((blocks * HALF_BLOCK_MS * random.between(85, 115)) / 100);

const LIST: readonly Scenario[] = [
  {
    name: 'default',
    description: 'liars below a third of the hash power, and faults of every kind at random',
    plan: (seed, nodes, hours) => {
      return drawn('default', seed, mixedNodes(new SeededRandom(`nodes ${seed}`), nodes), hours);
    },
  },
  {
    name: 'partition22',
    description: 'two halves that cannot reach each other, for 5 s to 20 minutes: neither mines',
    plan: (seed, nodes, hours) =>
      cuts('partition22', seed, nodes, hours, (atMs, forMs) => {
        return { kind: 'partition', atMs, forMs, groups: groupsOf(nodes, Math.floor(nodes / 2)) };
      }),
  },
  {
    name: 'partition31',
    description: 'one node is cut off, for 5 s to 20 minutes: the others go on and it follows',
    plan: (seed, nodes, hours) =>
      cuts('partition31', seed, nodes, hours, (atMs, forMs) => {
        return { kind: 'partition', atMs, forMs, groups: groupsOf(nodes, 1) };
      }),
  },
  {
    name: 'oneWay',
    description: 'one node hears and is not heard, for 5 s to 20 minutes',
    plan: (seed, nodes, hours) =>
      cuts('oneWay', seed, nodes, hours, (atMs, forMs) => {
        const [from = [], to = []] = groupsOf(nodes, 1);
        return { kind: 'oneWay', atMs, forMs, from, to };
      }),
  },
  {
    name: 'flapping',
    description: 'the cut between two halves comes and goes every few seconds, for 5 s to 20 minutes',
    plan: (seed, nodes, hours) =>
      cuts('flapping', seed, nodes, hours, (atMs, forMs) => {
        return {
          kind: 'flap',
          atMs,
          forMs,
          groups: groupsOf(nodes, Math.floor(nodes / 2)),
          downMs: 9_000,
          upMs: 6_000,
        };
      }),
  },
  {
    name: 'longPartition',
    description: 'both halves mine alone for half an hour: both raise the alarm and go on until an operator decides',
    plan: (seed, nodes, hours) => halves('longPartition', seed, nodes, hours, () => 30 * MINUTE_MS, 50 * MINUTE_MS),
  },
  {
    name: 'depth11',
    description: 'both halves mine for about eleven blocks each: how often does it end in a split?',
    hours: 12,
    plan: (seed, nodes, hours) => halves('depth11', seed, nodes, hours, around(11), 25 * MINUTE_MS),
  },
  {
    name: 'depth12',
    description: 'both halves mine for about twelve blocks each: how often does it end in a split?',
    hours: 12,
    plan: (seed, nodes, hours) => halves('depth12', seed, nodes, hours, around(12), 25 * MINUTE_MS),
  },
  ...[30, 45, 60].map((percent) => ({
    name: `selfish${percent}`,
    description: `a selfish miner has ${percent} % of the hash power: what it gains, and how often it splits the others`,
    hours: 8,
    plan: (seed: number, nodes: number, hours: number) =>
      oneLiar(`selfish${percent}`, seed, nodes, hours, 'selfish', 10 * percent),
  })),
  {
    name: 'crashes',
    description: 'processes die with what they have not synced, disks fill up, fail and flip bits',
    plan: (seed, nodes, hours) =>
      drawn('crashes', seed, alike(nodes), hours, { kinds: ['crash', 'crash', 'disk'], count: Math.round(20 * hours) }),
  },
  {
    name: 'clocks',
    description: 'clocks off by a second to an hour, either way',
    plan: (seed, nodes, hours) => drawn('clocks', seed, alike(nodes), hours, { kinds: ['clock'] }),
  },
  {
    name: 'wrongClocks',
    description: 'the clocks of most nodes are an hour ahead together, and later an hour behind',
    hours: 3,
    plan: (seed, nodes, hours) => {
      const most = indicesBelow(Math.floor(nodes / 2) + 1);
      const faults = [HOUR_MS, -HOUR_MS].flatMap((offsetMs, i) => {
        const atMs = (10 + 95 * i) * MINUTE_MS;
        return most.map((node): Fault => ({ kind: 'clock', atMs, forMs: 15 * MINUTE_MS, node, offsetMs }));
      });
      return { scenario: 'wrongClocks', seed, hours, nodes: alike(nodes), faults, splits: 'forbidden' };
    },
  },
  {
    name: 'hashShock',
    description: 'all hash power ×4, ÷4, ×10, ÷10, ×1000, and none for eight hours',
    hours: 24,
    plan: (seed, nodes, hours) => {
      const steps = [4_000, 250, 10_000, 100, 1_000_000, 0];
      const lengths = [60, 60, 60, 60, 2, 480];
      const faults: Fault[] = [];
      let atMs = 30 * MINUTE_MS;
      for (const [i, perMille] of steps.entries()) {
        const forMs = (lengths[i] as number) * MINUTE_MS;
        if (atMs + forMs > hours * HOUR_MS) break;
        faults.push({ kind: 'hashRate', atMs, forMs, nodes: indicesBelow(nodes), perMille });
        atMs += forMs + HOUR_MS;
      }
      return { scenario: 'hashShock', seed, hours, nodes: alike(nodes), faults, splits: 'forbidden' };
    },
  },
];

export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(LIST.map((scenario) => [scenario.name, scenario]));
