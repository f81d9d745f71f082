import { type DifficultyRules, nextActiveMs } from '@wattchain/core';
import { SeededRandom } from './seededRandom.js';
import { simulateChain, TEMPLATE_LIFETIME_MS } from './simulateChain.js';

/** How a network begins. Times are block intervals. */
export interface FreshNetwork {
  readonly name: string;
  /** From the genesis' time until miners search. */
  readonly delay: number;
  /** The true hash power, as a multiple of what the first target was made for. */
  readonly factor: number;
  /** Counts all time since genesis, as the rule would without its exception for the first block. */
  readonly countsDelay?: boolean;
}

/** Mean interval of a network's first blocks over many runs, in units of the interval that is aimed at. */
export interface FreshReport {
  readonly network: FreshNetwork;
  /** Where a header's time is when its block was found … */
  readonly stampedWhenFound: number;
  /** … and where it is when its template was built, as Wattchain's own miners have it. */
  readonly stampedWhenBuilt: number;
}

/** So many blocks of a fresh network are looked at: the testbed's day takes somewhat more. */
export const FRESH_BLOCKS = 40;

const EIGHT_HOURS = 1_920;

/** Miners that are there sooner or later, and first targets that are wrong. */
export const FRESH_NETWORKS: readonly FreshNetwork[] = [
  { name: 'miners at once', delay: 0, factor: 1 },
  { name: 'miners after 5 intervals', delay: 5, factor: 1 },
  { name: 'the same, counted', delay: 5, factor: 1, countsDelay: true },
  { name: 'miners after 8 h', delay: EIGHT_HOURS, factor: 1 },
  { name: 'the same, counted', delay: EIGHT_HOURS, factor: 1, countsDelay: true },
  { name: 'hash power 15 % more', delay: 0, factor: 1.15 },
  { name: 'hash power 15 % less', delay: 0, factor: 0.85 },
];

/** Runs fresh networks `runs` times under the real rule; the same seed gives the same figures. */
export function measureFresh(
  rules: DifficultyRules,
  options: { readonly runs: number; readonly seed: number },
): FreshReport[] {
  return FRESH_NETWORKS.map((network) => ({
    network,
    stampedWhenFound: meanInterval(rules, network, 0, options),
    stampedWhenBuilt: meanInterval(rules, network, TEMPLATE_LIFETIME_MS, options),
  }));
}

function meanInterval(
  rules: DifficultyRules,
  { delay, factor, countsDelay }: FreshNetwork,
  templateLifetimeMs: number,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): number {
  const delayMs = delay * rules.blockIntervalMs;
  let sum = 0;
  for (let run = 0; run < runs; run++) {
    const blocks = simulateChain({
      rules,
      phases: [
        { fromMs: 0, factor: 0 },
        { fromMs: delayMs, factor },
      ],
      startMs: 0,
      // Within twice as long 40 blocks are certain to come; those after them don't count.
      endMs: delayMs + 2 * FRESH_BLOCKS * rules.blockIntervalMs,
      clock: (parent, timestampMs) =>
        countsDelay && parent.header.height === 0
          ? Math.min(timestampMs - parent.header.timestampMs, 10 * rules.blockIntervalMs)
          : nextActiveMs(parent, timestampMs, rules),
      templateLifetimeMs,
      random: SeededRandom.ofRun(seed, run),
    });
    const last = blocks[FRESH_BLOCKS - 1]?.foundMs ?? Number.NaN;
    sum += (last - delayMs) / FRESH_BLOCKS;
  }
  return sum / runs / rules.blockIntervalMs;
}
