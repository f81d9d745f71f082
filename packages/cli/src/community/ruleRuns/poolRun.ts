import { billingGroups, localBps, type RuleName, staticCoefficients } from '@wattchain/market';
import { BLOCK_GAS, type CommunityChain } from '../chain.js';
import { endOf } from './community.js';
import { CommunityMarketRun } from './communityMarketRun.js';
import type { RuleRunContext } from './ruleRun.js';

/** Numbers of the rules in the contract. */
const POOL_RULES: readonly RuleName[] = ['pool:mmr', 'pool:sdr', 'pool:billSharing', 'pool:static', 'pool:dynamic'];
/** Where the local price lies in rules that do not ask. */
const MIDDLE_BPS = 5_000n;
/** Gas of a member and period, at most; of bill sharing where every period has a price of its own. */
const PERIOD_GAS = 5_000;
const BILLED_PERIOD_GAS = 20_000;
/** Price bands that one call bills. */
const BANDS_A_CALL = 64;

/** A pool: readings come in and are shared. */
export class PoolRun extends CommunityMarketRun {
  /** Ends of the billing periods; none but for bill sharing. */
  readonly #ends: readonly bigint[];

  constructor(context: RuleRunContext) {
    const ends = billingEnds(context);
    super(context, 'Pool', poolArgs(context, ends));
    this.#ends = ends;
  }

  protected async settle(chain: CommunityChain, first: number, count: number): Promise<void> {
    // No call reaches beyond the end of a billing period.
    for (let from = first; from < first + count; ) {
      const end = this.#ends.find((moment) => moment > this.startOf(from));
      let until = from + 1;
      while (until < first + count && (end === undefined || this.startOf(until) < end)) until += 1;
      const gas = this.#ends.length === 0 ? PERIOD_GAS : BILLED_PERIOD_GAS;
      await this.settlePeriods(chain, from, until - from, gas);
      if (end !== undefined && endOf(this.context.community, until - 1) === end) await this.#bill(chain);
      from = until;
    }
  }

  async #bill(chain: CommunityChain): Promise<void> {
    const bands = chain.read<bigint>(this.market, 'bandCount');
    for (let left = bands; left > 0n; left -= BigInt(BANDS_A_CALL)) {
      chain.send(this.context.roles.gateway, this.market, 'bill', [BigInt(BANDS_A_CALL)], BLOCK_GAS);
      await chain.seal(0n);
    }
  }

  /** The bill of a billing period names its end alone. */
  protected override settledFrom(from: bigint, until: bigint): bigint {
    if (from !== 0n || this.#ends.length === 0) return from;
    return this.#ends.findLast((end) => end < until) ?? this.context.community.facts.fromSeconds;
  }
}

function poolArgs({ rule, params, community }: RuleRunContext, ends: readonly bigint[]): readonly unknown[] {
  const number = POOL_RULES.indexOf(rule.name);
  const hasPrice = rule.name === 'pool:static' || rule.name === 'pool:dynamic';
  const coefficients =
    rule.name === 'pool:static' && params.coefficients !== 'equal'
      ? staticCoefficients(params, community.homes.length).map(Number)
      : [];
  return [number, hasPrice ? localBps(params) : MIDDLE_BPS, coefficients, ends];
}

/** The ends of the billing periods of bill sharing, market time. */
function billingEnds({ rule, params, community }: RuleRunContext): readonly bigint[] {
  if (rule.name !== 'pool:billSharing') return [];
  const ends: bigint[] = [];
  for (const groups of billingGroups(community.periods, params.billingPeriod === 'span' ? 'span' : 'month')) {
    const last = groups.reduce((most, { periods }) => Math.max(most, periods.at(-1)?.index ?? 0), 0);
    ends.push(endOf(community, last));
  }
  return ends;
}
