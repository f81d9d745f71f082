import type { RuleName } from '@wattchain/market';
import { EnergyTradeRun } from './energyTradeRun.js';
import { MintPerKwhRun } from './mintPerKwhRun.js';
import { PoolRun } from './poolRun.js';
import type { RuleRun, RuleRunContext } from './ruleRun.js';

/** How each rule that has a contract is played; the others are computed alone. */
const RULE_RUNS: Readonly<Partial<Record<RuleName, new (context: RuleRunContext) => RuleRun>>> = {
  energyTrade: EnergyTradeRun,
  'pool:mmr': PoolRun,
  'pool:sdr': PoolRun,
  'pool:billSharing': PoolRun,
  'pool:static': PoolRun,
  'pool:dynamic': PoolRun,
  mintPerKwh: MintPerKwhRun,
};

/** A rule's run on its chain; `undefined` for today's bills, and for what no contract settles. */
export function ruleRunOf(context: RuleRunContext): RuleRun | undefined {
  const Run = RULE_RUNS[context.rule.name];
  return Run === undefined ? undefined : new Run(context);
}
