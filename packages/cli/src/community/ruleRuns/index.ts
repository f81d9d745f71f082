import type { RuleName } from '@wattchain/market';
import { AllowancePoolRun } from './allowancePoolRun.js';
import { EnergyTradeRun } from './energyTradeRun.js';
import { MintPerKwhRun } from './mintPerKwhRun.js';
import { CallAuctionRun, ContinuousBookRun } from './orderRun.js';
import { mostPeers, PeerRun } from './peerRun.js';
import { PoolRun } from './poolRun.js';
import type { RuleRun, RuleRunContext } from './ruleRun.js';

/** How each rule that has a contract is played; the others are computed alone. */
const RULE_RUNS: Readonly<Partial<Record<RuleName, new (context: RuleRunContext) => RuleRun>>> = {
  energyTrade: EnergyTradeRun,
  'callAuction:uniform': CallAuctionRun,
  'callAuction:mcafee': CallAuctionRun,
  'callAuction:payAsBid': CallAuctionRun,
  continuousBook: ContinuousBookRun,
  peerChoice: PeerRun,
  'pool:mmr': PoolRun,
  'pool:sdr': PoolRun,
  'pool:billSharing': PoolRun,
  'pool:static': PoolRun,
  'pool:dynamic': PoolRun,
  allowancePool: AllowancePoolRun,
  mintPerKwh: MintPerKwhRun,
};

/** Members that a market has places for. */
const MOST_HOMES = 1_024;

/** A rule's run on its chain; `undefined` for what is computed alone, {@link whyComputed}. */
export function ruleRunOf(context: RuleRunContext): RuleRun | undefined {
  const Run = RULE_RUNS[context.rule.name];
  return Run === undefined || isTooLarge(context) ? undefined : new Run(context);
}

/** Why a rule is not settled on a chain, as a sentence. */
export function whyComputed(context: RuleRunContext): string {
  const { rule } = context;
  if (rule.contract === undefined) return 'Computed: no market.';
  const why = isTooLarge(context) ? `: its contract settles ${mostHomesOf(context)} homes of such data at most` : '';
  return `Computed, not settled on a chain${why}.`;
}

const mostHomesOf = (context: RuleRunContext) => (context.rule.name === 'peerChoice' ? mostPeers(context) : MOST_HOMES);
const isTooLarge = (context: RuleRunContext) => context.community.homes.length > mostHomesOf(context);
