import { WattchainError } from '@wattchain/core';
import { type CommunityOptions, homeTotal, type RuleName } from '@wattchain/market';
import { type ReadFile, understandInputs } from './inputs.js';
import { type CommunityInputs, type PreparedCommunity, prepareCommunity } from './prepare.js';
import type { Sweep, SweepRule } from './report/plots/sweep.js';
import { computeRule } from './run.js';

/** What can be moved. */
const PARAMETERS = {
  'pv-homes': { parameter: 'homes with panels', unit: '' },
  'feed-in': { parameter: 'feed-in price', unit: 'per kWh' },
} as const;
type Parameter = keyof typeof PARAMETERS;

/** Most points, and most seeds, of a sweep. */
const MOST_POINTS = 64;
export const MOST_SEEDS = 1_000;

/** What is moved, and through which values. */
export interface SweepPlan {
  readonly parameter: Parameter;
  /** As they were written. */
  readonly values: readonly string[];
}

export const SWEEP_NOTES = [
  'Points are computed by the rules without a chain, which gives the same bills to the last unit; each point is all bills of the community.',
  'pv-homes: so many homes keep their panels, the first ones of --pv-homes or of the data.',
];

/** Reads `feed-in=0.02,0.05` or `pv-homes=2,4,6`. Errors: `badSweep`. */
export function parseSweep(text: string): SweepPlan {
  const [, name = '', list = ''] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
  const values = list.split(',').map((value) => value.trim());
  const parameter = (Object.keys(PARAMETERS) as Parameter[]).find((known) => known === name);
  const form = parameter === 'feed-in' ? /^\d+(\.\d+)?$/ : /^\d{1,5}$/;
  const isGood = values.every((value) => form.test(value));
  if (parameter !== undefined && isGood && values.length <= MOST_POINTS) return { parameter, values };
  throw new WattchainError('badSweep', `--sweep is "${text.slice(0, 80)}"`, {
    values: { text },
    hint: `write it as feed-in=0.02,0.05,0.10 or pv-homes=2,4,6, with ${MOST_POINTS} values at most`,
  });
}

/**
 * All bills under each rule from point to point, of so many seeds each. Without a plan there is one point: what was asked.
 * @throws WattchainError as {@link understandInputs} does, and what a rule refuses
 */
export function sweepCommunity(
  files: readonly ReadFile[],
  options: CommunityOptions,
  { plan, seeds }: { readonly plan: SweepPlan | undefined; readonly seeds: number },
): Sweep {
  const { parameter, unit } = plan === undefined ? { parameter: 'as asked', unit: '' } : PARAMETERS[plan.parameter];
  let currency = '';
  const points = (plan?.values ?? ['–']).map((value) => {
    const costs = new Map<RuleName, bigint[]>(options.rules.map((rule) => [rule, []]));
    for (let index = 0; index < seeds; index++) {
      const moved = { ...options, ...(plan === undefined ? {} : change(plan.parameter, value, options)) };
      const community = preparedAt(plan, value, () =>
        understandInputs(files, { ...moved, seed: options.seed + index }),
      );
      currency = community.facts.currency;
      for (const [rule, list] of costs) list.push(costOf(community, rule));
    }
    return { value, rules: [...costs].map(([rule, list]) => rangeOf(rule, list)) };
  });
  return { parameter, unit, currency, figure: 'all bills', points };
}

/** What is refused at a point says which one it is. */
function preparedAt(plan: SweepPlan | undefined, value: string, inputs: () => CommunityInputs): PreparedCommunity {
  try {
    return prepareCommunity(inputs());
  } catch (cause) {
    if (!(cause instanceof WattchainError) || plan === undefined) throw cause;
    throw new WattchainError('badSweep', `at --sweep ${plan.parameter}=${value}: ${cause.message}`, {
      values: cause.values,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      cause,
    });
  }
}

function change(parameter: Parameter, value: string, { pvHomes }: CommunityOptions): Partial<CommunityOptions> {
  if (parameter === 'feed-in') return { feedIn: value };
  const count = Number(value);
  const homes = pvHomes ?? Array.from({ length: count }, (_, position) => position + 1);
  if (homes.length >= count) return { pvHomes: homes.slice(0, count) };
  throw new WattchainError(
    'badSweep',
    `--sweep asks for ${count} homes with panels, --pv-homes names ${homes.length}`,
    {
      values: { count, homes: homes.length },
      hint: 'name more homes, or fewer values',
    },
  );
}

function costOf(community: PreparedCommunity, rule: RuleName): bigint {
  const { bills } = computeRule(community, rule).outcome;
  const { charges } = community.context;
  return bills.reduce(
    (sum, bill, home) => sum + homeTotal({ ...bill, ownUseMwh: 0n, charges: charges[home] ?? 0n }),
    0n,
  );
}

/** Mean, rounded down, and the smallest and largest. */
function rangeOf(rule: RuleName, costs: readonly bigint[]): SweepRule {
  const sorted = [...costs].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const mean = costs.reduce((sum, cost) => sum + cost, 0n) / BigInt(Math.max(1, costs.length));
  return { rule, mean, low: sorted[0] ?? 0n, high: sorted.at(-1) ?? 0n };
}
