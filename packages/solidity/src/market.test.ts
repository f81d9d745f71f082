/** The energy contracts by their first rules in Solidity against assembly, and the first rules against those of today; `npm run contracts:gas` looks longer, and at the EVM too. */
import { describe, expect, it } from 'vitest';
import { BANK_OF_TODAY, FIRST_BANK } from '../testing/market/bankBooks.js';
import { buildMarket } from '../testing/market/builds.js';
import { compareBuilds } from '../testing/market/compare.js';
import { measureMarket } from '../testing/market/measure.js';
import { measureRules, sumOfActs } from '../testing/market/measureRules.js';
import { ACTS_OF_A_TRADE, FIRST_RULES, PAPER_RULES } from '../testing/market/ruleBooks.js';

const { abis, assembly, solidity } = buildMarket();
const CALLS = 1_000;
const SEED = 1;
/** A call may cost so many times the gas of the assembly. */
const MOST = 1.25;

describe('the energy contracts from Solidity', () => {
  it('cost little more than the assembly, and store no more', async () => {
    const [rival, own] = [await measureMarket(assembly, abis), await measureMarket(solidity, abis)];
    for (const [i, { step, outcome, newWords }] of own.steps.entries()) {
      const other = rival.steps[i];
      expect(outcome.gasUsed / (other?.outcome.gasUsed ?? 0), step.row ?? step.function).toBeLessThan(MOST);
      expect(newWords, step.row ?? step.function).toBeLessThanOrEqual(other?.newWords ?? 0);
      expect([outcome.data, outcome.logs]).toEqual([other?.outcome.data, other?.outcome.logs]);
    }
    expect(own.words).toBeLessThan(rival.words);
  });

  it('do what the assembly does', async () => {
    const { difference, agreed, succeeded } = await compareBuilds([solidity, assembly], abis, SEED, CALLS);
    expect(difference).toBeUndefined();
    expect(agreed).toBe(CALLS);
    // The calls must reach what they are for.
    const functions = ['offer', 'accept', 'report', 'settle', 'refund', 'tradeStatus', 'markPaid', 'runStandingOrders'];
    for (const name of functions) expect(succeeded.get(name) ?? 0, name).toBeGreaterThan(0);
  });
});

it('a trade of the paper costs no more gas, bytes and storage than by the first rules', async () => {
  const [first, today] = [await measureRules(FIRST_RULES), await measureRules(PAPER_RULES)];
  const [before, now] = [first, today].map((costs) => sumOfActs(costs, ACTS_OF_A_TRADE));
  expect(now?.gas).toBeLessThanOrEqual(before?.gas ?? 0);
  expect(now?.bytes).toBeLessThanOrEqual(before?.bytes ?? 0);
  expect(now?.newWords).toBeLessThanOrEqual(before?.newWords ?? 0);
});

it('buying and redeeming at a bank that covers every token cost no more gas than by the first rules', async () => {
  const [first, today] = [await measureRules(FIRST_BANK), await measureRules(BANK_OF_TODAY)];
  for (const act of ['buy', 'redeem']) {
    expect(today.acts.get(act)?.gas, act).toBeLessThanOrEqual(first.acts.get(act)?.gas ?? 0);
  }
});
