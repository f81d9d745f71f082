import { assert, type DifficultyParent, type DifficultyRules, maxLeadMs, nextTarget, workOf } from '@wattchain/core';
import type { SeededRandom } from './seededRandom.js';

/** Hash power from a moment on, as a multiple of the rate for which the first target was made; 0: nobody mines. */
export interface PowerPhase {
  readonly fromMs: number;
  readonly factor: number;
}

/** What a simulated chain is made with. */
export interface SimulationOptions {
  readonly rules: DifficultyRules;
  /** In order of time; the first begins before the first block, and in the last somebody mines. */
  readonly phases: readonly PowerPhase[];
  /** Time of genesis. */
  readonly startMs: number;
  /** The chain ends with the first block after this time. */
  readonly endMs: number;
  /** ASERT's clock, as `nextActiveMs` of core. */
  readonly clock: (parent: DifficultyParent, timestampMs: number, rules: DifficultyRules) => number;
  /** A header's time is when its template was built, which is so often while the search lasts; 0: when its block was found. */
  readonly templateLifetimeMs?: number;
  /**
   * Whose blocks are dated by another clock: a part of the hash power, and how far that clock is off at a time. More than half of it is
   * most of the nodes too, by whose clocks blocks are taken.
   */
  readonly clocks?: { readonly share: number; readonly offsetMs: (nowMs: number) => number };
  readonly random: SeededRandom;
}

/** A block as it was found. */
export interface SimulatedBlock {
  readonly foundMs: number;
  /** Time since the block before it in which somebody mined, or waited because no block could follow that one yet. */
  readonly waitMs: number;
  /** Expected tries, by the target that the rule gave. */
  readonly tries: number;
}

/** Of the node's own miners, where no transactions renew the template sooner. */
export const TEMPLATE_LIFETIME_MS = 10_000;

/** No scenario comes near; a mistake in one must not fill the memory. */
const MAX_BLOCKS = 1_000_000;

/**
 * A chain under the real difficulty rule, found without hashing: the tries of a block are drawn from the exponential
 * distribution around what its target expects, and spent at the hash power of the time. Timestamps are whole
 * milliseconds, strictly increasing, as headers carry them. No block leads the clocks by more than nodes take: where one would, because
 * its parent is from the future, all wait until its time may come and search from there.
 */
export function simulateChain(options: SimulationOptions): SimulatedBlock[] {
  const { rules, phases, clock, templateLifetimeMs = 0, clocks, random } = options;
  const baseTriesPerMs = Number(workOf(rules.firstTarget)) / rules.blockIntervalMs;
  const takersOffsetMs = (at: number) => (clocks !== undefined && clocks.share > 0.5 ? clocks.offsetMs(at) : 0);
  const blocks: SimulatedBlock[] = [];
  let heldMs = 0;
  let parent: DifficultyParent = { activeMs: 0, header: { height: 0, timestampMs: options.startMs } };
  let nowMs = options.startMs;
  while (nowMs <= options.endMs) {
    assert(blocks.length < MAX_BLOCKS, 'a simulated chain is bounded');
    const tries = Number(workOf(nextTarget(rules, parent)));
    const search = spendTries(phases, nowMs, (tries * random.exponential()) / baseTriesPerMs);
    nowMs = search.endMs;
    const stampMs = templateLifetimeMs === 0 ? nowMs : nowMs - (search.busyMs % templateLifetimeMs);
    const offsetMs = clocks !== undefined && random.uniform() < clocks.share ? clocks.offsetMs(nowMs) : 0;
    const timestampMs = Math.max(Math.floor(stampMs + offsetMs), parent.header.timestampMs + 1);
    const earlyMs = timestampMs - maxLeadMs(rules) - (nowMs + takersOffsetMs(nowMs));
    if (earlyMs > 0) {
      nowMs += earlyMs;
      heldMs += search.busyMs + earlyMs;
      continue;
    }
    blocks.push({ foundMs: nowMs, waitMs: heldMs + search.busyMs, tries });
    heldMs = 0;
    parent = {
      activeMs: clock(parent, timestampMs, rules),
      header: { height: parent.header.height + 1, timestampMs },
    };
  }
  return blocks;
}

/** When a search is over that would take `effortMs` at factor 1, and how much of the time somebody mined. */
function spendTries(
  phases: readonly PowerPhase[],
  startMs: number,
  effortMs: number,
): { endMs: number; busyMs: number } {
  let nowMs = startMs;
  let leftMs = effortMs;
  let busyMs = 0;
  for (const [index, { factor }] of phases.entries()) {
    const phaseEndMs = phases[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    if (phaseEndMs <= nowMs) continue;
    const neededMs = factor === 0 ? Number.POSITIVE_INFINITY : leftMs / factor;
    const roomMs = phaseEndMs - nowMs;
    if (neededMs <= roomMs) return { endMs: nowMs + neededMs, busyMs: busyMs + neededMs };
    if (factor > 0) busyMs += roomMs;
    leftMs -= roomMs * factor;
    nowMs = phaseEndMs;
  }
  assert(false, 'in the last phase somebody mines');
}
