import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { encodeHeader, type Genesis, parseGenesis, toHex, WattchainError } from '@wattchain/core';
import {
  COMPANION_NAMES,
  type CommunityOptions,
  type CommunityResult,
  type CompanionName,
  type CompanionResult,
  type InputFile,
  jsonOf,
  RULE_NAMES,
  type RuleName,
  type RuleResult,
  ruleResult,
  type SettledOnChain,
} from '@wattchain/market';
import { Chain, MemoryStore, NODE_DEFAULTS, type Runtime, silentLogger, systemRuntime } from '@wattchain/node';
import { badBlockFile, readBlocks } from './blockFile.js';
import { type ChainContract, type ChainCounts, eventsOf, readContract } from './chain.js';
import { NO_BILLS } from './companions/companionRun.js';
import { companionResult, companionRunOf } from './companions/index.js';
import { type ReadFile, readCommunityFile, understandInputs } from './inputs.js';
import { prepareCommunity } from './prepare.js';
import { batchesOf, figuresOf, genesisOf, requireBills } from './ruleChain.js';
import { PeriodTransactions, type RuleRun, type RuleRunContext } from './ruleRuns/ruleRun.js';
import { baselinesOf, chainFolder, computeRule, notesOf, resultOf, withBaselines } from './run.js';
import { compareFolder } from './verifyFiles.js';

/** Something that does not fit, with what is said and what was found. */
export interface Difference {
  /** Where: `rules[2].bills[4].paidToSupplier`, `inputs`, `chains/pool-mmr`, `bills.csv, line 7`. */
  readonly place: string;
  readonly said: string;
  readonly found: string;
}

/** What a verification found. */
export interface Verification {
  /** Differences that are told; there may be more. */
  readonly differences: readonly Difference[];
  readonly count: number;
  /** Figures that were compared. */
  readonly figures: number;
  readonly blocks: number;
  readonly transactions: number;
  /** Files of the result that are not in its folder, and files there of which nothing is known, such as a sweep's. */
  readonly missing: readonly string[];
  readonly unchecked: readonly string[];
}

/** Differences that are told. */
const MOST_TOLD = 50;
/** Longest result. */
const MOST_RESULT_BYTES = 1_000_000_000;

/**
 * Imports the exported blocks with full validation, computes every figure of a result again from them and from the input files, and says
 * which differ; so do the report, the bills and the tables beside it that say something else than the result.
 * @param file `result.json`, or its folder
 * @param inputsFolder where the input files lie
 * @throws WattchainError `badResult` for a file that is no result
 */
export async function verifyResult(
  file: string,
  inputsFolder: string | undefined,
  progress: (text: string) => void,
): Promise<Verification> {
  const path = file.endsWith('.json') ? file : join(file, 'result.json');
  const folder = dirname(path);
  const said = readResult(path);
  const told = new Told();
  const files = readInputs(said, inputsFolder ?? join(folder, 'inputs'), told);
  const community = prepareCommunity(understandInputs(files, said.options));
  const baselines = baselinesOf(community);
  const rules: RuleResult[] = [];
  const totals = { blocks: 0, transactions: 0 };
  const asked = withBaselines([...new Set(said.options.rules)]);
  const beside = COMPANION_NAMES.filter((name) => said.options.with.includes(name));
  for (const name of asked) {
    progress(`${name} …`);
    const { rule, params, outcome, context, run } = computeRule(community, name);
    let chain: SettledOnChain | undefined;
    if (run !== undefined) {
      const imported = await importChain(folder, context, run, told);
      if (imported === undefined) continue;
      totals.blocks += imported.counts.blocks;
      totals.transactions += imported.counts.transactions;
      chain = imported.settled;
      told.keep(`chains/${name}`, () => requireBills(context, run, outcome, { read: imported.read }));
      await imported.close();
    }
    rules.push(
      ruleResult(community.context, baselines, {
        rule,
        params,
        outcome,
        chain,
        notes: notesOf(context, run),
      }),
    );
  }
  const companions: CompanionResult[] = [];
  for (const name of beside) {
    progress(`${name} …`);
    const { context, run } = companionRunOf(community, name);
    const imported = await importChain(folder, context, run, told);
    if (imported === undefined) continue;
    totals.blocks += imported.counts.blocks;
    totals.transactions += imported.counts.transactions;
    told.keep(`chains/${name}`, () => requireBills(context, run, NO_BILLS, { read: imported.read }));
    companions.push(companionResult(name, run, imported.settled));
    await imported.close();
  }
  const result = resultOf(community, rules, companions);
  told.compare(said, withMissingRules(JSON.parse(jsonOf(result)), said, { rules: asked, with: beside }), '');
  // Without one of the rules the report would be another one.
  const isWhole = rules.length === asked.length && companions.length === beside.length;
  const { different, missing, foreign, unchecked } = isWhole
    ? compareFolder(folder, result)
    : { different: [], missing: [], foreign: [], unchecked: [] };
  for (const { name, line, said: text, found } of different) told.add(`${name}, line ${line}`, text, found);
  for (const name of foreign) told.add(name, 'a file', 'none of this result');
  return { differences: told.differences, count: told.count, figures: told.figures, ...totals, missing, unchecked };
}

/** A chain that could not be imported was told of already; its rule is not compared. */
function withMissingRules(
  found: unknown,
  said: CommunityResult,
  asked: Pick<CommunityOptions, 'rules' | 'with'>,
): unknown {
  const result = found as { rules: { rule: string }[]; options: { rules: readonly string[] } };
  const of = (rule: string) => (other: { rule: string }) => other.rule === rule;
  const rules = asked.rules.map((rule) => result.rules.find(of(rule)) ?? said.rules.find(of(rule)));
  return { ...result, rules, options: { ...result.options, ...asked } };
}

/** Collects differences. */
class Told {
  readonly differences: Difference[] = [];
  count = 0;
  figures = 0;

  add(place: string, said: unknown, found: unknown): void {
    this.count += 1;
    if (this.differences.length < MOST_TOLD) this.differences.push({ place, said: shown(said), found: shown(found) });
  }

  /** Runs a check whose error is a difference. */
  keep(place: string, check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof WattchainError)) throw error;
      this.add(place, 'bills', error.message);
    }
  }

  compare(said: unknown, found: unknown, path: string): void {
    if (typeof said !== 'object' || said === null || typeof found !== 'object' || found === null) {
      this.figures += 1;
      if (said !== found) this.add(path, said, found);
      return;
    }
    const names = new Set([...Object.keys(said), ...Object.keys(found)]);
    for (const name of names) {
      const inner = Array.isArray(said) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      this.compare((said as Record<string, unknown>)[name], (found as Record<string, unknown>)[name], inner);
    }
  }
}

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 120);

/** Reads a result and looks at what the verification itself relies on. Errors: `badResult`. */
function readResult(path: string): CommunityResult {
  const name = basename(path);
  if (!existsSync(path)) throw badResult(path, 'there is no such file', 'name the folder of a run, or its result.json');
  const bytes = readFileSync(path);
  if (bytes.length > MOST_RESULT_BYTES)
    throw badResult(name, `it has ${bytes.length} bytes`, 'it is too long for this command');
  let result: Partial<CommunityResult>;
  try {
    result = JSON.parse(bytes.toString('utf8')) as Partial<CommunityResult>;
  } catch {
    throw badResult(name, 'it is no JSON', 'get it again, or run the community again');
  }
  const { version, inputs, options, rules } = result;
  if (version !== 1) throw badResult(name, `its version is ${shown(version)}`, 'this program knows version 1');
  const hasInputs = Array.isArray(inputs) && inputs.every(isInput);
  if (!hasInputs || !Array.isArray(rules) || !isOptions(options))
    throw badResult(name, 'its inputs, options or rules are none', 'get it again, or run the community again');
  return result as CommunityResult;
}

function isInput(input: Partial<InputFile> | null): boolean {
  return (
    typeof input === 'object' &&
    typeof input?.file === 'string' &&
    typeof input.role === 'string' &&
    input.file === basename(input.file)
  );
}

function isOptions(options: Partial<CommunityOptions> | undefined): boolean {
  const names: readonly string[] = RULE_NAMES;
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  return (
    typeof options === 'object' &&
    options !== null &&
    Array.isArray(options.rules) &&
    options.rules.every((rule: RuleName) => names.includes(rule)) &&
    Array.isArray(options.with) &&
    options.with.every((name: CompanionName) => COMPANION_NAMES.includes(name)) &&
    Number.isSafeInteger(options.seed) &&
    (options.testbed === undefined || options.testbed === true) &&
    [options.agents, options.gaps, options.from, options.to, options.feedIn].every(isText) &&
    (options.pvHomes === undefined || (Array.isArray(options.pvHomes) && options.pvHomes.every(Number.isSafeInteger)))
  );
}

function badResult(name: string, what: string, hint: string): WattchainError {
  return new WattchainError('badResult', `${name}: ${what}`, { values: { file: name }, hint });
}

/** The input files as the folder has them; those that are not the result's are told of, and used all the same. */
function readInputs(said: CommunityResult, folder: string, told: Told): ReadFile[] {
  return said.inputs.map((input) => {
    const { home, kind } = input;
    const whose = { ...(home === undefined ? {} : { home }), ...(kind === undefined ? {} : { kind }) };
    const read = readCommunityFile(join(folder, input.file), input.role, whose);
    if (read.sha256 !== input.sha256) told.add(`inputs/${input.file}`, `SHA-256 ${input.sha256}`, read.sha256);
    return read;
  });
}

/** A chain that was imported. */
interface ImportedChain {
  readonly counts: ChainCounts;
  readonly settled: SettledOnChain;
  readonly read: <T>(contract: ChainContract, functionName: string, args?: readonly unknown[]) => T;
  close(): Promise<void>;
}

/** Every block through the node's own validation, on the genesis that the inputs give. `undefined`, and told, where it cannot be. */
async function importChain(
  folder: string,
  context: RuleRunContext,
  run: RuleRun,
  told: Told,
): Promise<ImportedChain | undefined> {
  const place = chainFolder(context.rule.name);
  try {
    return await importBlocks(join(folder, place), place, context, run, told);
  } catch (error) {
    if (!(error instanceof WattchainError)) throw error;
    told.add(place, 'a chain', error.message);
    return undefined;
  }
}

async function importBlocks(
  folder: string,
  place: string,
  context: RuleRunContext,
  run: RuleRun,
  told: Told,
): Promise<ImportedChain> {
  const genesis = readGenesis(join(folder, 'genesis.json'), place);
  const { testbed } = context.community.inputs.options;
  // What blocks took, a network has measured: that alone is taken from its genesis.
  const own = testbed ? genesisOf(context, run, genesis) : genesisOf(context, run);
  if (genesis.hash !== own.hash) told.add(`${place}/genesis.json`, genesis.hash, `${own.hash}, from the inputs`);
  const file = join(folder, 'blocks');
  if (!existsSync(file)) throw badBlockFile(place, 1, 'the file is missing');
  const clock = { nowMs: genesis.timestampMs };
  const runtime: Runtime = { ...systemRuntime(), clock: { nowMs: () => clock.nowMs } };
  const { recheckOneIn } = NODE_DEFAULTS;
  const chain = await Chain.open({ store: new MemoryStore(), genesis, runtime, log: silentLogger, recheckOneIn });
  const transactions = new PeriodTransactions((logs) => run.periodsOf(logs));
  const counts: ChainCounts = { blocks: 0, transactions: 0, gas: 0n, bytes: 0 };
  let described: string | undefined;
  chain.on('head', ({ added }) => {
    for (const { record, transactions: included, receipts } of added) {
      counts.blocks += 1;
      counts.transactions += included.length;
      counts.gas += BigInt(record.header.gasUsed);
      included.forEach(({ hash }, index) => {
        const logs = receipts[index]?.logs ?? [];
        transactions.note(hash, logs);
        described ??= eventsOf<{ inputs: string }>(run.registry, 'Described', logs)[0]?.inputs;
      });
    }
  });
  const blocks = openBlockFile(file);
  try {
    for (const { header, body } of readBlocks(blocks.read, `${place}/blocks`)) {
      clock.nowMs = header.timestampMs;
      const { value, fault } = await chain.acceptBlock(header, body, 'file');
      if (fault !== undefined || value !== 'added')
        throw badBlockFile(`${place}/blocks`, header.height, fault ?? `it is ${value}`);
      counts.bytes += 8 + encodeHeader(header).length + body.length;
    }
  } finally {
    blocks.close();
  }
  const digest = toHex(context.community.digest);
  if (described !== digest)
    told.add(`${place}: first event of the registry`, shown(described), `${digest}, from the input files`);
  const { name, address } = run.market;
  const figures = figuresOf(
    context.community,
    run,
    { genesis, head: chain.head, counts },
    batchesOf(context.community, run),
  );
  return {
    counts,
    settled: {
      contract: { name, address },
      figures: { ...figures, blocksSha256: blocks.sha256() },
      transactionsOf: (period) => transactions.of(context.community.periods.described(period).start),
    },
    read: (contract, functionName, args) => readContract(chain, contract, functionName, args),
    close: () => chain.close(),
  };
}

function readGenesis(file: string, place: string): Genesis {
  if (!existsSync(file)) throw badBlockFile(place, 0, 'genesis.json is missing');
  try {
    return parseGenesis(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof WattchainError) throw error;
    throw badBlockFile(place, 0, 'genesis.json is no JSON');
  }
}

/** A file of blocks that is read piece by piece, with its hash. */
function openBlockFile(file: string) {
  const descriptor = openSync(file, 'r');
  const { size } = fstatSync(descriptor);
  const readAt = (offset: number, length: number): Uint8Array => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return bytes;
  };
  return {
    read: readAt,
    close: () => closeSync(descriptor),
    sha256: () => createHash('sha256').update(readFileSync(file)).digest('hex'),
  };
}
