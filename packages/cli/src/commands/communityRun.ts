import { WattchainError } from '@wattchain/core';
import {
  COMPANION_NAMES,
  type CommunityOptions,
  type CommunityResult,
  type CompanionName,
  familyOf,
  formatRatio,
  formatTokensRounded,
  INDICATORS,
  type IndicatorName,
  RULE_NAMES,
  type RuleName,
  resultChunks,
  rulesNamed,
} from '@wattchain/market';
import type { Command } from 'commander';
import { figureText } from '../community/companions/figureText.js';
import { type DataOptions, readingOf, withDataOptions } from '../community/data.js';
import { OutputFolder } from '../community/folder.js';
import { type InputPaths, readInputs } from '../community/inputs.js';
import { prepareCommunity } from '../community/prepare.js';
import { runProgress } from '../community/progress.js';
import { reportFiles } from '../community/report/files.js';
import { renderSweepPage } from '../community/report/plotPages.js';
import { svgFile } from '../community/report/plots/plot.js';
import { sweepPlot } from '../community/report/plots/sweep.js';
import { formerFiles, removeFormer } from '../community/resultFolder.js';
import { runCommunity, withBaselines } from '../community/run.js';
import { MOST_SEEDS, parseSweep, SWEEP_NOTES, sweepCommunity } from '../community/sweep.js';
import { parseWhole } from '../options.js';
import { formatTable, type Output, reportTable, toJson } from '../output.js';
import { packageVersion } from '../packageVersion.js';
import { addCommand } from '../program.js';
import { type RunTestbedOptions, withChains, withTestbedOptions } from './communityTestbed.js';

/** What a run is asked by options; those of a verification and of a resolution are a part of it. */
export interface CommunityRunOptions extends DataOptions {
  readonly data: readonly string[];
  readonly rule?: readonly string[];
  readonly ruleParams?: string;
  readonly pvHomes?: string;
  readonly tariff?: string;
  readonly feedIn?: string;
  readonly assets?: string;
  readonly feeder?: string;
  readonly agents?: string;
  readonly seed?: string;
  readonly with?: readonly string[];
}

interface RunCommandOptions extends CommunityRunOptions, RunTestbedOptions {
  readonly seeds?: string;
  readonly sweep?: string;
  readonly resume?: boolean;
  readonly out?: string;
}

/** Where files go where nobody says. */
const DEFAULT_OUT = '.wattchain/community';
const MOST_SEED = 2 ** 31;
const MOST_HOMES = 10_000;

/** Adds the options that say what a community is. */
export function withCommunityOptions(command: Command): Command {
  return withDataOptions(
    command.requiredOption('--data <file...>', 'readings of the homes: FILE, HOME=FILE or HOME:pv=FILE'),
  )
    .option(
      '--pv-homes <numbers>',
      'only these homes keep their panels, counted from 1 in the order of the data: 1,4,7',
    )
    .option('--tariff <file>', "the supplier's tariff and the grid's fees")
    .option('--feed-in <price>', 'what the supplier pays for a kWh, beside a column tariff_…_per_kWh of the data: 0.05')
    .option('--assets <file>', 'batteries, cars, limits of connections')
    .option(
      '--feeder <file or URL>',
      'limits of lines and transformers by period: a file, or a program that is asked over JSON-RPC',
    )
    .option('--agents <who>', 'truthful, zi (zero intelligence), or a file of orders', 'truthful')
    .option('--seed <n>', 'of everything that is drawn: keys, chain ids, agents', '1')
    .option('--rule-params <file>', 'parameters of rules as JSON: { "pool:static": { "coefficients": "1,2,3" } }');
}

/** `wattchain community run`: a community under market rules, each settled on a chain of its own. */
export function addCommunityRunCommand(group: Command): void {
  addCommand<RunCommandOptions>(
    group,
    'run',
    'run market rules on a community’s readings: bills, indicators and a report, each rule settled on a chain of its own in this process',
    (command) =>
      withTestbedOptions(withCommunityOptions(command))
        .option(
          '--rule <name...>',
          `all, or ${[...new Set(RULE_NAMES.map(familyOf))].join(', ')}; one of a family as pool:mmr`,
          ['all'],
        )
        .option(
          '--with <name...>',
          `contracts beside the rules, each on a chain of its own: ${COMPANION_NAMES.join(', ')}`,
        )
        .option('--seeds <n>', 'repeat with so many seeds from --seed on: mean and interval of all bills')
        .option('--sweep <what=values>', 'all bills against another figure: feed-in=0.02,0.05,0.10 or pv-homes=2,4,6')
        .option('--resume', 'take over the rules that an interrupted run of the same inputs has finished')
        .option('--out <folder>', 'where the files go', DEFAULT_OUT),
    async (output, options) => {
      const { paths, options: read } = readOptions(options);
      const asked: CommunityOptions = options.testbed === undefined ? read : { ...read, testbed: true };
      const { files, inputs } = await readInputs(paths, asked);
      const community = prepareCommunity(inputs);
      const folder = new OutputFolder(options.out ?? DEFAULT_OUT, options.resume === true);
      const chains = withBaselines(asked.rules).length + asked.with.length;
      const target = progressTarget(output);
      const periods = community.periods.length;
      const progress = runProgress(chains, periods, target);
      await withChains(options, { periods, out: folder.path, target }, async (host) => {
        const former = formerFiles(folder.path);
        const result = await runCommunity({ community, rules: asked.rules, folder, progress, ...host });
        for (const { file, bytes } of files) folder.write(`inputs/${file}`, bytes);
        folder.writeChunks('result.json', resultChunks(result));
        for (const { name, chunks } of reportFiles(result, packageVersion())) folder.writeChunks(name, chunks);
        if (options.sweep !== undefined || options.seeds !== undefined)
          writeSweep(folder, files, { ...asked, rules: result.options.rules }, options);
        removeFormer(folder.path, former, result);
        folder.forget();
        reportTable(output, summaryOf(result), describeResult(result, folder.path));
      });
    },
  );
}

/** The sweep beside the run, as a page, a plot and JSON. Errors: `badSweep`, `badNumber`. */
function writeSweep(
  folder: OutputFolder,
  files: Parameters<typeof sweepCommunity>[0],
  asked: CommunityOptions,
  { sweep: text, seeds = '1' }: RunCommandOptions,
): void {
  const plan = text === undefined ? undefined : parseSweep(text);
  const sweep = sweepCommunity(files, asked, { plan, seeds: parseWhole('--seeds', seeds, 1, MOST_SEEDS) });
  folder.write('sweep.json', `${toJson({ ...sweep, notes: SWEEP_NOTES })}\n`);
  folder.write('sweep.svg', svgFile(sweepPlot(sweep)));
  folder.write('sweep.html', renderSweepPage(sweep, SWEEP_NOTES));
}

/** Progress on standard error: a passing line on a terminal. */
export function progressTarget(output: Output) {
  const clear = '\u001b[2K\r';
  const isWatched = process.stderr.isTTY === true && !output.json;
  return {
    line: (text: string) => output.progress(isWatched ? `${clear}${text}` : text),
    nowSeconds: () => performance.now() / 1_000,
    ...(isWatched ? { passing: (text: string) => void process.stderr.write(`${clear}${text}`) } : {}),
  };
}

/** What the options ask. Errors: `badRule`, `badNumber`, `badPvHomes`. */
export function readOptions(options: CommunityRunOptions): { paths: InputPaths; options: CommunityOptions } {
  const { data, from, to, feedIn, tariff, assets, feeder, ruleParams, agents = 'truthful', gaps = 'refuse' } = options;
  const reading = readingOf(options);
  const isFile = agents !== 'truthful' && agents !== 'zi';
  const pvHomes = options.pvHomes === undefined ? undefined : parseNumbers(options.pvHomes);
  return {
    paths: {
      data,
      ...(tariff === undefined ? {} : { tariff }),
      ...(assets === undefined ? {} : { assets }),
      ...(feeder === undefined ? {} : { feeder }),
      ...(ruleParams === undefined ? {} : { params: ruleParams }),
      ...(isFile ? { agents } : {}),
    },
    options: {
      rules: withBaselines(parseRules(options.rule ?? ['all'])),
      with: parseCompanions(options.with ?? []),
      seed: parseWhole('--seed', options.seed ?? '1', 0, MOST_SEED),
      agents: isFile ? 'file' : agents,
      gaps,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(reading === undefined ? {} : { reading }),
      ...(pvHomes === undefined ? {} : { pvHomes }),
      ...(feedIn === undefined ? {} : { feedIn }),
    },
  };
}

/** The rules that words name, in the order of the reports. Errors: `badRule`. */
export function parseRules(words: readonly string[]): RuleName[] {
  const named = words.flatMap((word) => word.split(',')).map((word) => ({ word, rules: rulesNamed(word) }));
  const none = named.find(({ rules }) => rules.length === 0);
  if (none !== undefined)
    throw new WattchainError('badRule', `there is no market rule "${none.word.slice(0, 80)}"`, {
      values: { rule: none.word },
      hint: `the rules are all, ${RULE_NAMES.join(', ')}; a family such as pool names all of its rules`,
    });
  return RULE_NAMES.filter((rule) => named.some(({ rules }) => rules.includes(rule)));
}

/** The companions that words name, in their order. Errors: `badCompanion`. */
export function parseCompanions(words: readonly string[]): CompanionName[] {
  const named = words.flatMap((word) => word.split(','));
  const none = named.find((word) => !(COMPANION_NAMES as readonly string[]).includes(word));
  if (none !== undefined)
    throw new WattchainError('badCompanion', `there is no contract "${none.slice(0, 80)}" to play beside the rules`, {
      values: { name: none },
      hint: `those are ${COMPANION_NAMES.join(', ')}`,
    });
  return COMPANION_NAMES.filter((name) => named.includes(name));
}

function parseNumbers(text: string): number[] {
  const numbers = text.split(',').map((part) => parseWhole('--pv-homes', part.trim(), 1, MOST_HOMES));
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Columns of the table that a run prints. */
const COLUMNS: readonly IndicatorName[] = [
  'cost',
  'savedAgainstFeedIn',
  'savedAgainstNetMetering',
  'localShare',
  'liquidity',
  'gasPerKwh',
];

/** What a run prints for programs: without bills and periods, which stand in its files. */
function summaryOf(result: CommunityResult) {
  return {
    community: result.community,
    totals: result.totals,
    rules: result.rules.map(({ bills, periods, ...rule }) => rule),
    ...(result.companions === undefined ? {} : { companions: result.companions }),
  };
}

function describeResult({ rules, community, companions = [] }: CommunityResult, path: string): string {
  const table = formatTable(
    [
      ['rule', ...COLUMNS.map((name) => INDICATORS[name].title), 'losers', 'settled by'],
      ...rules.map(({ rule, indicators, losers, contract }) => [
        rule,
        ...COLUMNS.map((name) => indicators[name] ?? formatRatio(undefined, 0)),
        String(losers.againstFeedIn.length),
        contract?.name ?? 'computed',
      ]),
    ],
    COLUMNS.map((_, index) => index + 1).concat(COLUMNS.length + 1),
  );
  const notes = rules
    .filter(({ money }) => money.toFund < 0n)
    .map(({ rule, money }) => {
      const lost = `${formatTokensRounded(-money.toFund, 6)} ${community.currency}`;
      return `\n${rule}: the bills are lower by ${lost} that the pool's treasury lost`;
    });
  const homes = `${community.homes.length} homes, ${community.producers.length} with panels, ${community.periods} periods; money in ${community.currency}`;
  const beside = companions.map(({ title, contract, figures }) => {
    const lines = figures.map((figure) => [figure.what, figureText(figure, community.currency)]);
    return `\n\n${title} (${contract.name})\n${formatTable(lines, [1])}`;
  });
  return `${table}${notes.join('')}${beside.join('')}\n\n${homes}\nreport: ${path}/report.html`;
}
