import {
  COMPANIONS,
  type CompanionName,
  type CompanionResult,
  type MarketRule,
  type SettledOnChain,
} from '@wattchain/market';
import type { PreparedCommunity } from '../prepare.js';
import { runContext } from '../ruleChain.js';
import type { RuleRunContext } from '../ruleRuns/ruleRun.js';
import { CertificatesRun } from './certificatesRun.js';
import type { CompanionRun } from './companionRun.js';
import { DualTokenRun } from './dualTokenRun.js';
import { FlexibilityCallRun } from './flexibilityCallRun.js';

const COMPANION_RUNS: Readonly<Record<CompanionName, new (context: RuleRunContext) => CompanionRun>> = {
  dualToken: DualTokenRun,
  certificates: CertificatesRun,
  flexibilityCall: FlexibilityCallRun,
};

/** A companion's run, and what it is made from. */
export function companionRunOf(community: PreparedCommunity, name: CompanionName) {
  // A chain asks its rule for a name and a contract alone.
  const rule = { ...COMPANIONS[name], name } as unknown as MarketRule;
  const context = runContext(community, { rule, params: {} });
  return { context, run: new COMPANION_RUNS[name](context) };
}

/** What the result says of a companion that was played. */
export function companionResult(
  name: CompanionName,
  run: CompanionRun,
  { contract, figures }: Pick<SettledOnChain, 'contract' | 'figures'>,
): CompanionResult {
  const { title, company } = COMPANIONS[name];
  return { name, title, company, contract, figures: run.figures, chain: figures, notes: run.notes };
}
