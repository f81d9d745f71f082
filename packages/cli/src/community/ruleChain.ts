import { type Address, type Genesis, genesisToJson, type Hash, parseGenesis, WattchainError } from '@wattchain/core';
import {
  type ChainFigures,
  describeCommunity,
  formatTokens,
  type RuleOutcome,
  type SettledOnChain,
} from '@wattchain/market';
import type { Store } from '@wattchain/node';
import { type ChainHost, type ChainWork, OWN_BLOCKS } from './blockSource.js';
import { type ChainCounts, CommunityChain } from './chain.js';
import type { PreparedCommunity } from './prepare.js';
import { PREPARATION_SECONDS, shiftOf } from './ruleRuns/genesis.js';
import { type CommunityRoles, PeriodTransactions, type RuleRun, type RuleRunContext } from './ruleRuns/ruleRun.js';

/** T of the modelled network, seconds, and its confirmations. */
export const BLOCK_SECONDS = 15n;
export const CONFIRMATIONS = 12;
/** Tries that a block of the modelled network takes to be expected: the target is 2^231. */
export const TRIES_A_BLOCK = 2n ** 25n;
/** The estimate of `wattchain status` for one try, nanojoules. */
export const NANOJOULES_A_TRY = 600n;
const NANOJOULES_PER_MILLIJOULE = 1_000_000n;

const BLOCK_GAS_LIMIT = 30_000_000;
const BLOCK_BYTE_LIMIT = 1_000_000;
/** Every hash is work enough: proof of work is modelled, not done. */
const NO_WORK: ChainWork = {
  blockIntervalMs: Number(BLOCK_SECONDS) * 1_000,
  firstTarget: (1n << 256n) - 1n,
  largestTarget: (1n << 256n) - 1n,
};
/** Coins of every account: fees cost nothing that matters here. */
const COINS_WEI = 10n ** 30n;
const MIN_GAS_PRICE_WEI = 10n ** 9n;

/** Names of homes that a genesis holds: within the 64 KiB that it may say of a community. */
const MOST_NAMED = 128;
const LONGEST_NAME = 64;

/** The accounts that act beside the homes: the same on every chain of the inputs. */
export function rolesOf({ derivation }: PreparedCommunity): CommunityRoles {
  const account = (name: string) => derivation.account(name);
  return {
    registrars: [account('registrar 1'), account('registrar 2')],
    recovery: account('recovery'),
    gateway: account('gateway'),
    issuer: account('issuer'),
    supplier: account('supplier'),
    gridOperator: account('grid operator'),
  };
}

/** The genesis of a rule's chain: all of it follows from the inputs, but what its blocks take where a network mines them. */
export function genesisOf(context: RuleRunContext, run: RuleRun, work = NO_WORK): Genesis {
  const { community, rule, params, roles, shiftSeconds } = context;
  const { registrars, recovery, ...others } = roles;
  const people = [...registrars, ...Object.values(others), ...community.homes];
  const { fromSeconds, zone, homes, accounts } = community.facts;
  return parseGenesis({
    name: `community, ${rule.name}`,
    community: describeCommunity({ name: `community, ${rule.name}`, zone, homes: namesOf(accounts, homes) }),
    chainId: community.derivation.chainId(`${rule.name} ${JSON.stringify(params)}`),
    timestampMs: Number(fromSeconds + shiftSeconds - PREPARATION_SECONDS) * 1_000,
    blockIntervalMs: work.blockIntervalMs,
    firstTarget: targetText(work.firstTarget),
    largestTarget: targetText(work.largestTarget),
    blockGasLimit: BLOCK_GAS_LIMIT,
    blockByteLimit: BLOCK_BYTE_LIMIT,
    minGasPriceWei: String(MIN_GAS_PRICE_WEI),
    blockRewardWei: '0',
    confirmations: CONFIRMATIONS,
    testbed: true,
    alloc: Object.fromEntries(people.map(({ address }) => [address, { balance: String(COINS_WEI) }])),
    contracts: run.contracts(),
  });
}

const targetText = (target: bigint) => `0x${target.toString(16).padStart(64, '0')}`;

/** Whose accounts are whose, for pages; of the first homes, so that it fits a genesis. */
function namesOf(accounts: readonly Address[], homes: readonly string[]): Readonly<Record<string, string>> {
  const nameOf = (home: number) =>
    Array.from(homes[home] ?? '')
      .slice(0, LONGEST_NAME)
      .join('');
  return Object.fromEntries(accounts.slice(0, MOST_NAMED).map((account, home) => [account, nameOf(home)]));
}

/** Chains whose blocks this process makes. */
const ownHost: ChainHost = async (_name, genesisFor) => ({
  genesis: genesisFor(NO_WORK),
  source: OWN_BLOCKS,
  close: async () => {},
});

/** How a rule's run is to be played. */
export interface PlayOptions {
  readonly store: Store;
  /** Where the chain is made; in this process where nobody says. */
  readonly host?: ChainHost;
  readonly onBlock: (block: Uint8Array) => void;
  /** Told after each batch of periods: how many are done. */
  readonly progress: (periods: number) => void;
  /** Periods that are settled at once. */
  readonly batches: readonly { readonly first: number; readonly count: number }[];
}

/** Where a chain stands, with what it took so far. */
export interface ChainState {
  readonly genesis: Genesis;
  readonly head: { readonly hash: Hash };
  readonly counts: ChainCounts;
}

/** What a played chain leaves. */
export interface PlayedChain {
  readonly genesis: Genesis;
  readonly figures: Omit<ChainFigures, 'blocksSha256'>;
  readonly transactions: PeriodTransactions;
}

/**
 * Plays a rule on a chain of its own. After each block money is audited; at the end the chain's accounts must be the bills of the rule, home by home.
 * @throws WattchainError `runFailed` with the figures
 */
export async function playRule(
  context: RuleRunContext,
  run: RuleRun,
  outcome: RuleOutcome,
  { store, host = ownHost, onBlock, progress, batches }: PlayOptions,
): Promise<PlayedChain> {
  const hosted = await host(context.rule.name, (work) => genesisOf(context, run, work));
  const { genesis, source } = hosted;
  let isWhole = false;
  try {
    const chain = await CommunityChain.open({ genesis, source, store, onBlock });
    const played = await playChain(context, run, outcome, { chain, progress, batches });
    isWhole = true;
    return played;
  } finally {
    await hosted.close(isWhole);
  }
}

/** Plays on a chain that stands at its genesis. */
async function playChain(
  context: RuleRunContext,
  run: RuleRun,
  outcome: RuleOutcome,
  { chain, progress, batches }: Pick<PlayOptions, 'progress' | 'batches'> & { readonly chain: CommunityChain },
): Promise<PlayedChain> {
  const { genesis } = chain;
  const transactions = new PeriodTransactions((logs) => run.periodsOf(logs));
  chain.onIncluded = ({ hash, receipt }) => transactions.note(hash, receipt.logs);
  chain.afterBlock = () => run.audit((contract, name, args) => chain.read(contract, name, args));
  await run.setUp(chain);
  for (const [index, { first, count }] of batches.entries()) {
    if (index === 0) await run.open(chain, first, count);
    const next = batches[index + 1];
    // Before the end of those that run: at their end the gate of the next ones is closed.
    if (next !== undefined) await run.open(chain, next.first, next.count);
    await run.play(chain, first, count);
    progress(first + count);
  }
  requireBills(context, run, outcome, chain);
  const { counts } = chain;
  const figures = figuresOf(context.community, run, { genesis, head: chain.chain.head, counts }, batches);
  await chain.close();
  return { genesis, figures, transactions };
}

/** @throws WattchainError `runFailed` naming the first home whose account is not its bill */
export function requireBills(
  { community, rule }: RuleRunContext,
  run: RuleRun,
  outcome: RuleOutcome,
  chain: Pick<CommunityChain, 'read'>,
): void {
  const { what, paid, billed } = run.compare((contract, name, args) => chain.read(contract, name, args), outcome);
  const wrong = paid.findIndex((units, home) => units !== billed[home]);
  if (wrong === -1) return;
  const [home, is, should] = [community.facts.homes[wrong], paid[wrong] ?? 0n, billed[wrong] ?? 0n];
  throw new WattchainError(
    'runFailed',
    `${rule.name}: ${what} is ${formatTokens(is)} of ${home} on the chain, its bill says ${formatTokens(should)}`,
    {
      values: { rule: rule.name, home, paid: is, billed: should },
      hint: 'the contract and the rule differ: report it with the files',
    },
  );
}

/** What a chain took, of its blocks and what is modelled. */
export function figuresOf(
  community: PreparedCommunity,
  run: RuleRun,
  { counts, genesis, head }: ChainState,
  batches: PlayOptions['batches'],
): PlayedChain['figures'] {
  const { fromSeconds, toSeconds } = community.facts;
  // The network makes its blocks whether anybody trades or not.
  const modelled = (toSeconds - fromSeconds) / BLOCK_SECONDS;
  const blocks = modelled > BigInt(counts.blocks) ? modelled : BigInt(counts.blocks);
  return {
    chainId: genesis.chainId,
    genesisHash: genesis.hash,
    headHash: head.hash,
    ...counts,
    millijoules: (blocks * TRIES_A_BLOCK * NANOJOULES_A_TRY) / NANOJOULES_PER_MILLIJOULE,
    secondsToConfirmation:
      meanWait(community, batches) + BigInt(run.settlementBlocks + CONFIRMATIONS - 1) * BLOCK_SECONDS,
  };
}

/** Mean time from the end of a period until its batch is reported, seconds, rounded down. */
export function meanWait({ periods }: PreparedCommunity, batches: PlayOptions['batches']): bigint {
  const { periodSeconds } = periods.series;
  let sum = 0n;
  for (const { count } of batches) sum += (periodSeconds * BigInt(count) * BigInt(count - 1)) / 2n;
  return periods.length === 0 ? 0n : sum / BigInt(periods.length);
}

/**
 * Periods that are settled at once: those of a day, which begin on the same date by the community's clock or within the same 86,400 s, and
 * no more than the run can open at once.
 */
export function batchesOf(
  { periods }: PreparedCommunity,
  { mostPeriods }: Pick<RuleRun, 'mostPeriods'>,
): { readonly first: number; readonly count: number }[] {
  const batches: { first: number; count: number; key: string }[] = [];
  for (let index = 0; index < periods.length; index++) {
    const { start, date } = periods.described(index);
    const key = date ?? String(start / 86_400n);
    const last = batches.at(-1);
    if (last?.key === key && last.count < mostPeriods) last.count += 1;
    else batches.push({ first: index, count: 1, key });
  }
  return batches.map(({ first, count }) => ({ first, count }));
}

/** What {@link ruleRunOf} and {@link playRule} are given. */
export function runContext(
  community: PreparedCommunity,
  { rule, params }: Pick<RuleRunContext, 'rule' | 'params'>,
): RuleRunContext {
  return { community, rule, params, roles: rolesOf(community), shiftSeconds: shiftOf(community.facts.fromSeconds) };
}

/** The genesis file as text. */
export const genesisText = (genesis: Genesis): string => `${JSON.stringify(genesisToJson(genesis), undefined, 2)}\n`;

/** What the result says of a chain. */
export function settledOnChain(
  run: RuleRun,
  community: PreparedCommunity,
  played: PlayedChain,
  blocksSha256: string,
): SettledOnChain {
  const { name, address }: { name: string; address: Address } = run.market;
  return {
    contract: { name, address },
    figures: { ...played.figures, blocksSha256 },
    transactionsOf: (period) => played.transactions.of(community.periods.described(period).start),
  };
}
