import { type DifficultyRules, nextActiveMs, targetForRate } from '@wattchain/core';
import { type FreshReport, measureFresh } from './freshNetwork.js';
import { DIFFICULTY_SCENARIOS, type DifficultyScenario } from './scenarios.js';
import { SeededRandom } from './seededRandom.js';
import { type SimulatedBlock, simulateChain } from './simulateChain.js';

/** A figure over many runs: eight of ten lie between `p10` and `p90`. */
export interface Spread {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

/** How long it takes until the mean interval is back. */
export interface Recovery {
  readonly blocks: number;
  /** When the last of these blocks is found, median over the runs. */
  readonly time: number;
}

/** The block interval at one time, in units of the interval that is aimed at. */
export interface CurvePoint {
  /** In intervals since the moment that the scenario looks at. */
  readonly at: number;
  /** Mean of the last twelve blocks. */
  readonly movingAverage: Spread;
  /** What the next block takes on average: its expected tries by the hash power of the time; absent while that is 0. */
  readonly expected?: number;
}

/** How one scenario went, over all runs; times and intervals in units of the interval that is aimed at. */
export interface ScenarioReport {
  readonly scenario: DifficultyScenario;
  /** After how many blocks the mean interval over all runs is within 25 % of the aim and stays there … */
  readonly to25Percent: Recovery;
  /** … and within 10 %. */
  readonly to10Percent: Recovery;
  /** After how many blocks the mean interval is no longer than 1.5 times the aim and no shorter than its 1.5th part, and stays so. */
  readonly backAgain: Recovery;
  readonly meanOfFirst12: Spread;
  readonly meanOfFirst36: Spread;
  readonly longestOfFirst36: Spread;
  /** Blocks in the first 40 intervals, which is what is planned for them: ten minutes at 15 s. */
  readonly blocksInFirst40: Spread;
  readonly curve: readonly CurvePoint[];
  /** Blocks of the first run: when, and after how long. */
  readonly sample: readonly { readonly at: number; readonly wait: number }[];
}

/** What the simulation found. */
export interface DifficultyReport {
  readonly blockIntervalMs: number;
  readonly halfLifeMs: number;
  readonly runs: number;
  readonly seed: number;
  readonly scenarios: readonly ScenarioReport[];
  /** How networks begin. */
  readonly fresh: readonly FreshReport[];
}

/** The interval that a new network gets by default. */
const BLOCK_INTERVAL_MS = 15_000;
/** Half-life by default, in intervals. */
const HALF_LIFE_INTERVALS = 36;
/** Any rate will do: the rule knows ratios alone. */
const TRIES_PER_SECOND = 10_000_000;
/** A network's easiest target is that much easier than its first. */
const EASIEST_FACTOR = 1n << 16n;
/** Four times as long as the rule remembers: after that it no longer matters that the first target was exact. */
const WARM_UP_INTERVALS = 200;
/** Long enough for the slowest scenario to settle. */
const END_INTERVALS = 600;
/** What a picture shows, and at which steps. */
const PLOT_INTERVALS = 400;
const PLOT_STEP = 2;
const AVERAGED_BLOCKS = 12;

const RULES: DifficultyRules = {
  blockIntervalMs: BLOCK_INTERVAL_MS,
  halfLifeMs: HALF_LIFE_INTERVALS * BLOCK_INTERVAL_MS,
  firstTarget: targetForRate(TRIES_PER_SECOND, BLOCK_INTERVAL_MS),
  largestTarget: targetForRate(TRIES_PER_SECOND, BLOCK_INTERVAL_MS) * EASIEST_FACTOR,
};
const BASE_TRIES = (TRIES_PER_SECOND * BLOCK_INTERVAL_MS) / 1000;

/** One simulated chain as the figures need it: times in intervals, 0 at the scenario's moment. */
interface Run {
  readonly blocks: readonly { readonly at: number; readonly wait: number; readonly tries: number }[];
  /** Position of the first block after the moment. */
  readonly first: number;
}

/** Runs every scenario `runs` times under the real rule; the same seed gives the same report. */
export function measureDifficulty(options: { readonly runs: number; readonly seed: number }): DifficultyReport {
  const scenarios = DIFFICULTY_SCENARIOS.map((scenario) => {
    const runs = Array.from({ length: options.runs }, (_, run) =>
      simulate(scenario, SeededRandom.ofRun(options.seed, run)),
    );
    return describe(scenario, runs);
  });
  const fresh = measureFresh(RULES, options);
  return { blockIntervalMs: RULES.blockIntervalMs, halfLifeMs: RULES.halfLifeMs, ...options, scenarios, fresh };
}

function simulate(scenario: DifficultyScenario, random: SeededRandom): Run {
  const start = Math.min(0, scenario.phases[0]?.from ?? 0) - WARM_UP_INTERVALS;
  const toMs = (intervals: number) => (intervals - start) * BLOCK_INTERVAL_MS;
  const { clocks } = scenario;
  const found = simulateChain({
    rules: RULES,
    phases: [{ fromMs: 0, factor: 1 }, ...scenario.phases.map(({ from, factor }) => ({ fromMs: toMs(from), factor }))],
    startMs: 0,
    endMs: toMs(END_INTERVALS),
    clock: scenario.isUncapped
      ? (parent, timestampMs) => parent.activeMs + timestampMs - parent.header.timestampMs
      : nextActiveMs,
    ...(clocks && {
      clocks: {
        share: clocks.share,
        offsetMs: (nowMs: number) => clocks.offset(nowMs / BLOCK_INTERVAL_MS + start) * BLOCK_INTERVAL_MS,
      },
    }),
    random,
  });
  const blocks = found.map(({ foundMs, waitMs, tries }: SimulatedBlock) => ({
    at: foundMs / BLOCK_INTERVAL_MS + start,
    wait: waitMs / BLOCK_INTERVAL_MS,
    tries,
  }));
  return { blocks, first: blocks.findIndex(({ at }) => at >= 0) };
}

function describe(scenario: DifficultyScenario, runs: readonly Run[]): ScenarioReport {
  const factor = scenario.phases.at(-1)?.factor ?? 1;
  const spread = (figure: (run: Run) => number) => spreadOf(runs.map(figure));
  const waitsOf = (run: Run, count: number) =>
    run.blocks.slice(run.first, run.first + count).map(({ at, wait }) => Math.min(at, wait));
  const meanOf = (run: Run, count: number) => (run.blocks[run.first + count - 1]?.at ?? END_INTERVALS) / count;
  return {
    scenario,
    to25Percent: recoveryOf(runs, factor, 0.75, 1.25),
    to10Percent: recoveryOf(runs, factor, 0.9, 1.1),
    backAgain: recoveryOf(runs, factor, 1 / 1.5, 1.5),
    meanOfFirst12: spread((run) => meanOf(run, 12)),
    meanOfFirst36: spread((run) => meanOf(run, 36)),
    longestOfFirst36: spread((run) => Math.max(...waitsOf(run, 36))),
    blocksInFirst40: spread((run) => run.blocks.filter(({ at }) => at >= 0 && at < 40).length),
    ...drawn(scenario, runs),
  };
}

/**
 * The interval to expect of the n-th block after the moment is its expected tries by the hash power; its mean over the runs
 * says what the rule does, without the luck of single blocks.
 */
function recoveryOf(runs: readonly Run[], factor: number, least: number, most: number): Recovery {
  const count = Math.min(...runs.map(({ blocks, first }) => blocks.length - first));
  const isBack = (position: number) => {
    const tries =
      runs.reduce((sum, { blocks, first }) => sum + (blocks[first + position]?.tries ?? 0), 0) / runs.length;
    const interval = tries / BASE_TRIES / factor;
    return interval >= least && interval <= most;
  };
  let blocks = count;
  while (blocks > 0 && isBack(blocks - 1)) blocks--;
  const time =
    blocks === 0 ? 0 : spreadOf(runs.map((run) => run.blocks[run.first + blocks - 1]?.at ?? END_INTERVALS)).median;
  return { blocks, time };
}

/** What a picture of the scenario needs. */
function drawn(scenario: DifficultyScenario, runs: readonly Run[]): Pick<ScenarioReport, 'curve' | 'sample'> {
  const from = scenario.plotFrom;
  if (from === undefined) return { curve: [], sample: [] };
  const cursors = runs.map(() => 0);
  const curve: CurvePoint[] = [];
  for (let at = from; at <= from + PLOT_INTERVALS; at += PLOT_STEP) {
    const factor = scenario.phases.findLast((phase) => phase.from <= at)?.factor ?? 1;
    const averages: number[] = [];
    const expected: number[] = [];
    runs.forEach(({ blocks }, index) => {
      let next = cursors[index] ?? 0;
      while ((blocks[next]?.at ?? Number.POSITIVE_INFINITY) <= at) next++;
      cursors[index] = next;
      const last = blocks.slice(Math.max(0, next - AVERAGED_BLOCKS), next);
      averages.push(last.reduce((sum, { wait }) => sum + wait, 0) / last.length);
      expected.push((blocks[next]?.tries ?? BASE_TRIES) / BASE_TRIES / factor);
    });
    const point = { at, movingAverage: spreadOf(averages) };
    curve.push(factor === 0 ? point : { ...point, expected: spreadOf(expected).median });
  }
  const sample = (runs[0]?.blocks ?? []).filter(({ at }) => at >= from && at <= from + PLOT_INTERVALS);
  return { curve, sample: sample.map(({ at, wait }) => ({ at, wait })) };
}

/** Median and the tenth and ninetieth percentile, each the nearest value that occurred. */
function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}
