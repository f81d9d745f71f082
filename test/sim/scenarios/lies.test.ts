/** Each lie is told, costs its teller what the fault policy says, and changes nothing for honest nodes. */
import { expect, it } from 'vitest';
import type { Lie } from './plan.js';
import type { Rule, Watched } from './rule.js';
import { runPlan } from './run.js';
import { ALIKE, calmPlan } from './testPlans.js';

/** Notes what honest nodes hold against others. */
class Penalties implements Rule {
  readonly name = 'penalties';
  readonly codes = new Set<string>();
  /** Honest nodes that others held something against that costs points. */
  readonly blamed = new Set<string>();
  readonly #honest = new Set<string>();

  opened({ node, services }: Watched): void {
    this.#honest.add(node.peerId);
    services.network.on('penalised', ({ peerId, fault, sentence }) => {
      this.codes.add(fault.code);
      if (sentence === 'ban') this.blamed.add(peerId);
    });
  }

  get blamedHonest(): string[] {
    return [...this.blamed].filter((peerId) => this.#honest.has(peerId));
  }
}

async function playWith(lie: Lie, perMille = 300, hours = 0.15) {
  const honest = ALIKE.slice(1);
  const triesPerSecond = (12 * perMille) / (1_000 - perMille);
  const penalties = new Penalties();
  const plan = calmPlan({ hours, seed: 5, nodes: [...honest, { triesPerSecond, lie }] });
  const result = await runPlan(plan, { rules: [penalties] });
  return { ...result, penalties };
}

it.each([
  ['claimedWork', ['falseTotalWork']],
  ['forgedStatus', ['falseTotalWork']],
  ['invalidBlocks', ['stateRoot', 'receiptsRoot', 'transactionsRoot', 'headerHistory']],
] as const)('%s is found out, and the others go on', async (lie, codes) => {
  const { violations, height, penalties, counts } = await playWith(lie);
  expect(violations).toEqual([]);
  expect(codes.some((code) => penalties.codes.has(code))).toBe(true);
  expect(penalties.blamedHonest).toEqual([]);
  expect(height).toBeGreaterThan(10);
  if (lie === 'invalidBlocks') expect(counts['blocks on the best chain by liars']).toBeUndefined();
});

it.each(['withheldBlocks', 'silence'] as const)('%s stops nobody, and nobody builds on it', async (lie) => {
  const { violations, height, penalties, counts } = await playWith(lie);
  expect(violations).toEqual([]);
  expect(penalties.blamedHonest).toEqual([]);
  expect(height).toBeGreaterThan(10);
  expect(counts['blocks on the best chain by liars']).toBeUndefined();
});

it('selfish mining hides blocks and shows them when they hurt, without a break below a third', async () => {
  const { violations, counts, penalties } = await playWith('selfish', 300, 0.4);
  expect(violations).toEqual([]);
  expect(penalties.blamedHonest).toEqual([]);
  expect(counts['blocks on the best chain by liars']).toBeGreaterThan(0);
  // Honest blocks are undone by what comes out all at once.
  expect(counts['reorganisations of 1 or 2 blocks']).toBeGreaterThan(3);
});
