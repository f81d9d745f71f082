import { createHash } from 'node:crypto';
import {
  type BaselineBills,
  type CommunityResult,
  type CompanionName,
  type CompanionResult,
  homeBills,
  marketRuleOf,
  paramsOf,
  type RuleName,
  type RuleOutcome,
  type RuleResult,
  ruleResult,
  type SettledOnChain,
} from '@wattchain/market';
import { MemoryStore, openLevelStore, type Store } from '@wattchain/node';
import { assumptionsOf } from './assumptions.js';
import type { ChainHost } from './blockSource.js';
import { NO_BILLS } from './companions/companionRun.js';
import { companionResult, companionRunOf } from './companions/index.js';
import type { PreparedCommunity } from './prepare.js';
import { batchesOf, genesisText, playRule, runContext, settledOnChain } from './ruleChain.js';
import { ruleRunOf, whyComputed } from './ruleRuns/index.js';
import type { RuleRun, RuleRunContext } from './ruleRuns/ruleRun.js';

/** Where a run puts what it makes: files by their names below `--out`. */
export interface RunFolder {
  /** Writes a file in one piece. */
  write(name: string, text: string): void;
  /** A file that grows. */
  append(name: string): { add(bytes: Uint8Array): void; close(): void };
  /** A folder for a chain's store while it is played, removed at the end. */
  scratch(name: string): string;
  removeScratch(name: string): void;
  /** What a run that was interrupted left of a rule with the same inputs. */
  resumed(rule: RuleName, digest: string): SettledOnChain | undefined;
  keep(rule: RuleName, digest: string, settled: SettledOnChain, periods: number): void;
}

/** What is asked of a run. */
export interface RunOptions {
  readonly community: PreparedCommunity;
  readonly rules: readonly RuleName[];
  readonly folder: RunFolder;
  readonly progress: RunProgress;
  /** Where chains are made; in this process where nobody says. */
  readonly host?: ChainHost;
}

/** What a run tells while it goes on. */
export interface RunProgress {
  /** A rule begins. */
  begin(rule: RuleName | CompanionName): void;
  /** So many of the rule's periods are done. */
  done(periods: number): void;
  end(rule: RuleName | CompanionName, isResumed: boolean): void;
}

/** Periods beyond which a chain's store is on disk, so that memory does not grow with the span. */
export const PERIODS_IN_MEMORY = 2_000;

/**
 * Runs the rules one after the other, each on a chain of its own, and puts the result together.
 * @throws WattchainError `runFailed` where a chain's accounts are not the bills
 */
export async function runCommunity(options: RunOptions): Promise<CommunityResult> {
  const { community, progress } = options;
  const baselines = baselinesOf(community);
  const rules: RuleResult[] = [];
  for (const name of withBaselines(options.rules)) {
    progress.begin(name);
    const { result, isResumed } = await runRule(options, baselines, name);
    rules.push(result);
    progress.end(name, isResumed);
  }
  const companions: CompanionResult[] = [];
  for (const name of community.inputs.options.with) {
    progress.begin(name);
    const { context, run } = companionRunOf(community, name);
    companions.push(companionResult(name, run, await playOnChain(options, { context, run, outcome: NO_BILLS })));
    progress.end(name, false);
  }
  return resultOf(community, rules, companions);
}

/** The result of rules, and of what was played beside them, that are done. */
export function resultOf(
  community: PreparedCommunity,
  rules: readonly RuleResult[],
  companions: readonly CompanionResult[],
): CommunityResult {
  const { inputs, facts, context } = community;
  return {
    version: 1,
    inputs: inputs.files,
    options: { ...inputs.options, rules: rules.map(({ rule }) => rule) },
    community: facts,
    totals: context.totals,
    rules,
    ...(companions.length === 0 ? {} : { companions }),
    assumptions: assumptionsOf(community),
  };
}

/** The baselines come with every run: savings are against them. */
export function withBaselines(rules: readonly RuleName[]): RuleName[] {
  const others = rules.filter((rule) => rule !== 'feedIn' && rule !== 'netMetering');
  return ['feedIn', 'netMetering', ...others];
}

/** The bills that all rules are compared with. */
export function baselinesOf(community: PreparedCommunity): BaselineBills {
  const bills = (name: RuleName) => {
    const rule = marketRuleOf(name);
    const { periods, agents, context } = community;
    return homeBills(context, rule.settle({ periods, agents, params: paramsOf(rule) }));
  };
  return { feedIn: bills('feedIn'), netMetering: bills('netMetering') };
}

/** A rule, its parameters and its outcome without a chain. */
export function computeRule(community: PreparedCommunity, name: RuleName) {
  const rule = marketRuleOf(name);
  const params = paramsOf(rule, community.inputs.params.get(name));
  const { periods, agents } = community;
  const outcome = rule.settle({ periods, agents, params });
  const context = runContext(community, { rule, params });
  return { rule, params, outcome, context, run: ruleRunOf(context) };
}

async function runRule(options: RunOptions, baselines: BaselineBills, name: RuleName) {
  const { community, folder, progress } = options;
  const { rule, params, outcome, context, run } = computeRule(community, name);
  const notes = notesOf(context, run);
  if (run === undefined) {
    progress.done(community.periods.length);
    const parts = { rule, params, outcome, chain: undefined, notes };
    return { result: ruleResult(community.context, baselines, parts), isResumed: false };
  }
  const digest = resumeDigest(community, name, params);
  const resumed = folder.resumed(name, digest);
  const chain = resumed ?? (await playOnChain(options, { context, run, outcome }));
  if (resumed === undefined) folder.keep(name, digest, chain, community.periods.length);
  return {
    result: ruleResult(community.context, baselines, { rule, params, outcome, chain, notes }),
    isResumed: resumed !== undefined,
  };
}

/** What is played on a chain of its own. */
interface Played {
  readonly context: RuleRunContext;
  readonly run: RuleRun;
  readonly outcome: RuleOutcome;
}

/** Plays, and writes the chain down. */
async function playOnChain(
  { community, folder, progress, host }: RunOptions,
  { context, run, outcome }: Played,
): Promise<SettledOnChain> {
  const place = chainFolder(context.rule.name);
  const isLong = community.periods.length > PERIODS_IN_MEMORY;
  const store: Store = isLong ? await openLevelStore(folder.scratch(place)) : new MemoryStore();
  const hash = createHash('sha256');
  const file = folder.append(`${place}/blocks`);
  try {
    const played = await playRule(context, run, outcome, {
      store,
      ...(host === undefined ? {} : { host }),
      batches: batchesOf(community, run),
      progress: (periods) => progress.done(periods),
      onBlock: (block) => {
        hash.update(block);
        file.add(block);
      },
    });
    folder.write(`${place}/genesis.json`, genesisText(played.genesis));
    return settledOnChain(run, community, played, hash.digest('hex'));
  } finally {
    file.close();
    await store.close();
    if (isLong) folder.removeScratch(place);
  }
}

/** What a rule's result says beside its figures. */
export function notesOf(context: RuleRunContext, run: RuleRun | undefined): string[] {
  return run === undefined ? [whyComputed(context)] : [...run.notes];
}

/** Where a rule's chain is written: colons are no good in names of folders. */
export const chainFolder = (rule: RuleName | CompanionName): string => `chains/${rule.replace(':', '-')}`;

function resumeDigest({ inputs, derivation }: PreparedCommunity, rule: RuleName, params: object): string {
  const options = JSON.stringify([inputs.options, rule, params]);
  return Buffer.from(derivation.bytes(`resume ${options}`)).toString('hex');
}
