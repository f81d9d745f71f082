import type { SeededRandom } from '../world/random.js';
import type { SimNode } from '../world/simNode.js';
import type { World } from '../world/world.js';
import type { Conditions } from './conditions.js';
import type { Fault } from './plan.js';

/** What a schedule is drawn for. */
export interface ScheduleOptions {
  readonly nodes: number;
  readonly durationMs: number;
  readonly blockIntervalMs: number;
  /** How many faults; they may overlap, but those of one node do not. */
  readonly count: number;
  readonly kinds: readonly Fault['kind'][];
  /** Whether a partition may last longer than a confirmation takes: only where the smaller side then does not mine. */
  readonly hasLongPartitions: boolean;
  /** Whether hash power changes for all nodes alike. */
  readonly areRatesCommon: boolean;
}

/** Nothing goes wrong before the nodes have found each other … */
const FIRST_MS = 120_000;
/** … nor for the last part of a run, so that the end shows whether everything came to rest. */
const QUIET_PART = 8;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Intervals of a partition that both sides mine through: the smaller one, with half of the hash power, finds two blocks on average. */
const SHORT_INTERVALS = 4;
const LONG_INTERVALS = 60;

/** Faults out of a seed, in the order of their times. Each is drawn from a stream of its own, so that one more leaves the others as they are. */
export function drawSchedule(random: SeededRandom, options: ScheduleOptions): Fault[] {
  const faults: Fault[] = [];
  const lastMs = options.durationMs - Math.floor(options.durationMs / QUIET_PART);
  for (let i = 0; i < options.count; i++) {
    const stream = random.fork(`fault ${i}`);
    const kind = stream.pick(options.kinds);
    const atMs = stream.between(FIRST_MS, Math.max(FIRST_MS, lastMs - MINUTE_MS));
    const drawn = draw(stream, kind, atMs, options);
    const forMs = Math.min(drawn.forMs, Math.max(1_000, lastMs - atMs));
    const fault = { ...drawn, forMs };
    if (!faults.some((other) => overlap(fault, other))) faults.push(fault);
  }
  return faults.sort((a, b) => a.atMs - b.atMs);
}

function draw(random: SeededRandom, kind: Fault['kind'], atMs: number, options: ScheduleOptions): Fault {
  const { nodes, blockIntervalMs } = options;
  const node = random.below(nodes);
  const mostIntervals = options.hasLongPartitions ? LONG_INTERVALS : SHORT_INTERVALS;
  const cutMs = random.between(2_000, mostIntervals * blockIntervalMs);
  const whileMs = random.between(10_000, 10 * MINUTE_MS);
  switch (kind) {
    case 'partition':
      return { kind, atMs, forMs: cutMs, groups: drawGroups(random, nodes) };
    case 'flap': {
      const [downMs, upMs] = [random.between(1_000, 2 * blockIntervalMs), random.between(1_000, 3 * blockIntervalMs)];
      return { kind, atMs, forMs: cutMs, groups: drawGroups(random, nodes), downMs, upMs };
    }
    case 'oneWay': {
      const [from = [], to = []] = drawGroups(random, nodes);
      return random.chance(500)
        ? { kind, atMs, forMs: cutMs, from, to }
        : { kind, atMs, forMs: cutMs, from: to, to: from };
    }
    case 'crash':
      return { kind, atMs, forMs: random.between(1_000, 5 * MINUTE_MS), node };
    case 'disk':
      return { kind, atMs, forMs: whileMs, node, trouble: random.pick(['full', 'readError', 'flippedBit'] as const) };
    case 'clock': {
      const offsetMs = random.pick([1_000, 5_000, 20_000, 45_000, 10 * MINUTE_MS, HOUR_MS]);
      return { kind, atMs, forMs: whileMs, node, offsetMs: random.chance(500) ? offsetMs : -offsetMs };
    }
    case 'slow':
      return { kind, atMs, forMs: whileMs, node, delayMs: random.between(100, Math.floor(blockIntervalMs / 4)) };
    case 'loss': {
      const [lossPerMille, duplicatePerMille] = [random.between(0, 200), random.between(0, 300)];
      const jitterMs = random.between(0, Math.floor(blockIntervalMs / 8));
      return { kind, atMs, forMs: whileMs, lossPerMille, duplicatePerMille, jitterMs };
    }
    case 'hashRate': {
      const count = random.between(1, nodes);
      const some = random.shuffle(indices(nodes)).slice(0, options.areRatesCommon ? nodes : count);
      return { kind, atMs, forMs: whileMs, nodes: some, perMille: random.pick([0, 100, 250, 500, 2_000, 4_000]) };
    }
  }
}

/** Two sides, both with somebody. */
function drawGroups(random: SeededRandom, nodes: number): number[][] {
  const order = random.shuffle(indices(nodes));
  const size = random.between(1, Math.max(1, Math.floor(nodes / 2)));
  return [order.slice(0, size), order.slice(size)].map((group) => group.sort((a, b) => a - b));
}

function indices(nodes: number): number[] {
  return Array.from({ length: nodes }, (_, i) => i);
}

/** Whether two faults want the same node's process or disk at the same time, with room for it to come back. */
function overlap(a: Fault, b: Fault): boolean {
  if (!('node' in a && 'node' in b) || a.node !== b.node || !isOfProcess(a) || !isOfProcess(b)) return false;
  return a.atMs <= b.atMs + b.forMs + MINUTE_MS && b.atMs <= a.atMs + a.forMs + MINUTE_MS;
}

function isOfProcess({ kind }: Fault): boolean {
  return kind === 'crash' || kind === 'disk';
}

/** Lets the faults of a plan begin and end at their times. */
export function applySchedule(world: World, conditions: Conditions, faults: readonly Fault[]): void {
  for (const fault of faults) {
    if (fault.kind === 'flap') {
      flap(world, conditions, fault);
      continue;
    }
    const { atMs, forMs, kind } = fault;
    world.time.schedule(atMs, `begin ${kind}`, () => {
      world.trace(`begin ${JSON.stringify(fault)}`);
      conditions.begin(fault);
      strike(world, conditions, fault);
    });
    world.time.schedule(atMs + forMs, `end ${kind}`, () => {
      world.trace(`end ${kind} of ${atMs}`);
      conditions.end(fault);
      mend(world, conditions, fault);
    });
  }
}

function flap(world: World, conditions: Conditions, fault: Extract<Fault, { kind: 'flap' }>): void {
  const { atMs, forMs, groups, downMs, upMs } = fault;
  const endMs = atMs + forMs;
  for (let from = atMs; from < endMs; from += downMs + upMs) {
    const cut: Fault = { kind: 'partition', atMs: from, forMs: Math.min(downMs, endMs - from), groups };
    applySchedule(world, conditions, [cut]);
  }
}

/** What a fault does to a process or a disk when it begins. */
function strike(world: World, conditions: Conditions, fault: Fault): void {
  if (fault.kind !== 'crash' && fault.kind !== 'disk') return;
  const node = world.nodes[fault.node] as SimNode;
  if (fault.kind === 'crash') {
    if (node.services !== undefined) node.crash();
    conditions.note();
  } else if (fault.trouble === 'flippedBit') {
    world.trace(`flipped ${node.disk.flipBit(world.random.fork(`bit ${fault.atMs} ${fault.node}`))}`);
  } else {
    node.disk.fail = fault.trouble;
  }
}

/** What an operator does when it is over. */
function mend(world: World, conditions: Conditions, fault: Fault): void {
  if (fault.kind !== 'crash' && fault.kind !== 'disk') return;
  const node = world.nodes[fault.node] as SimNode;
  if (fault.kind === 'crash' && node.services !== undefined) return;
  void (async () => {
    if (fault.kind === 'disk') {
      node.disk.fail = 'none';
      await node.stop();
      if (fault.trouble === 'flippedBit') {
        node.disk.wipe();
        conditions.noteWiped(node.index);
      }
    }
    await node.restart();
    conditions.note();
  })();
}
