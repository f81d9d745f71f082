import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { WattchainError } from '@wattchain/core';
import { Campaign } from './campaign.js';
import { type Played, type Player, playInOrder, thisThread } from './player.js';
import { type Plan, parsePlan } from './scenarios/plan.js';
import { shrinkPlan } from './scenarios/shrink.js';
import { SCENARIOS } from './scenarios/suite.js';
import { startThreadPlayer } from './threadPlayer.js';

/** Where a command writes. */
export interface CommandOutput {
  /** A line of the result: the same for the same seed, but for those with `real time` in them. */
  print(line: string): void;
  /** A line for a person who made a mistake. */
  complain(line: string): void;
  /** What is going on, on a terminal. */
  readonly progress: ((text: string) => void) | undefined;
}

const USAGE = `Usage: npm run sim -- [options]

Plays a network of real nodes in virtual time. The same options give the same run.

  --seed N         what chance draws (1)
  --nodes K        1 to 100 nodes (the scenario's, mostly 4)
  --hours H        virtual hours (the scenario's, mostly 2)
  --scenario NAME  what happens (default); --list names them
  --plan FILE      plays a plan that --shrink has written
  --shrink FILE    when a rule is broken, writes the smallest plan that still breaks it
  --node-hours X   seed after seed, until so many hours of all nodes together were played
  --state FILE     with --node-hours: goes on where the run before it with this file ended
  --jobs N         with --node-hours: seeds at a time, each on a thread of its own (one for each core)
  --json           one JSON object a run
  --list           names the scenarios

Ends with 0, with 1 when a rule was broken, with 2 when the options make no sense.`;

/** What was asked for. */
interface Request {
  readonly scenario: string;
  readonly seed: number;
  readonly nodes: number | undefined;
  readonly hours: number | undefined;
  readonly plan: string | undefined;
  readonly shrink: string | undefined;
  readonly nodeHours: number | undefined;
  readonly state: string | undefined;
  readonly jobs: number;
  readonly isJson: boolean;
}

/** Most seeds at a time. */
const MOST_JOBS = 64;

/** Runs the command; gives its exit code. Where it plays several seeds at a time, `startPlayer` starts what plays one. */
export async function runCommand(
  args: readonly string[],
  output: CommandOutput,
  startPlayer: () => Player = startThreadPlayer,
): Promise<number> {
  let request: Request | 'help' | 'list';
  try {
    request = readArguments(args);
    if (request === 'help') output.print(USAGE);
    if (request === 'list')
      for (const { name, description } of SCENARIOS.values()) output.print(`${name}: ${description}`);
    if (request === 'help' || request === 'list') return 0;
    return request.nodeHours === undefined
      ? await runOnce(request, output)
      : await runCampaign(request, output, startPlayer);
  } catch (error) {
    if (!(error instanceof WattchainError)) throw error;
    output.complain(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
    return 2;
  }
}

async function runOnce(request: Request, output: CommandOutput): Promise<number> {
  const plan = planOf(request);
  if (request.shrink !== undefined) requireWritable(request.shrink);
  const played = await thisThread.play(plan, output.progress);
  output.progress?.('');
  tell(played, request, output);
  const [first] = played.result.violations;
  if (first === undefined) return 0;
  if (request.shrink !== undefined) {
    const { plan: smaller, tries } = await shrinkPlan(plan, first.rule, (count) =>
      output.progress?.(`shrinking, run ${count}`),
    );
    writeFileSync(request.shrink, `${JSON.stringify(smaller, undefined, 2)}\n`);
    output.progress?.('');
    output.complain(
      `${smaller.faults.length} of ${plan.faults.length} faults are enough to break ${first.rule}, found in ${tries} runs: npm run sim -- --plan ${request.shrink}`,
    );
  }
  return 1;
}

/** Seed after seed; a rule that was broken does not end it. */
async function runCampaign(request: Request, output: CommandOutput, startPlayer: () => Player): Promise<number> {
  const { nodeHours = 0, state, seed, jobs } = request;
  const first = planOf(request);
  const of = { scenario: first.scenario, nodes: first.nodes.length, hours: first.hours, firstSeed: seed };
  const campaign = Campaign.begin(of, state);
  const [startMs, startHours] = [performance.now(), campaign.nodeHours];
  const plans = plansOf(campaign.seedsTo(nodeHours), request);
  const start = jobs === 1 ? () => thisThread : startPlayer;
  for await (const played of playInOrder(plans, { jobs, startPlayer: start, onProgress: output.progress })) {
    output.progress?.('');
    tell(played, request, output);
    campaign.add(played.result);
  }
  output.print(realTime(performance.now() - startMs, campaign.nodeHours - startHours));
  output.print(campaign.sentence());
  return campaign.violations === 0 ? 0 : 1;
}

function* plansOf(seeds: Iterable<number>, request: Request): Generator<Plan, void, undefined> {
  for (const seed of seeds) yield planOf({ ...request, seed });
}

function tell({ plan, result, realMs }: Played, request: Request, { print }: CommandOutput): void {
  const { violations, events, digest, counts } = result;
  const nodes = plan.nodes.length;
  const replay = violations.length === 0 ? undefined : replayOf(plan, request);
  if (request.isJson) {
    print(JSON.stringify({ scenario: plan.scenario, seed: plan.seed, nodes, ...result, replay }));
    return;
  }
  for (const [name, count] of Object.entries(counts)) print(`count ${name} ${count}`);
  for (const { atMs, node, rule, detail } of violations) {
    print(`violation at ${atMs} ms${node === undefined ? '' : ` by node ${node}`}: ${rule}: ${detail}`);
  }
  if (replay !== undefined) print(`play it again: ${replay}`);
  print(realTime(realMs, nodes * plan.hours));
  print(
    `sim: seed ${plan.seed} nodes ${nodes} hours ${plan.hours} events ${events} violations ${violations.length} digest ${digest}`,
  );
}

function realTime(realMs: number, nodeHours: number): string {
  const perMinute = (nodeHours * 60_000) / realMs;
  return `real time ${(realMs / 1_000).toFixed(1)} s, ${perMinute.toFixed(0)} node-hours a minute`;
}

/** The line that plays a plan again; one that was read from a file need not be what its scenario draws. */
function replayOf({ scenario, seed, nodes, hours }: Plan, { plan }: Request): string {
  if (plan !== undefined) return `npm run sim -- --plan ${plan}`;
  return `npm run sim -- --scenario ${scenario} --seed ${seed} --nodes ${nodes.length} --hours ${hours}`;
}

function planOf({ scenario: name, seed, nodes, hours, plan }: Request): Plan {
  if (plan !== undefined) return parsePlan(readText(plan));
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) {
    throw usage(`there is no scenario "${name}"`, `choose one of ${[...SCENARIOS.keys()].join(', ')}`);
  }
  return scenario.plan(seed, nodes ?? scenario.nodes ?? 4, hours ?? scenario.hours ?? 2);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw usage(`the file ${path} cannot be read`, 'give one that --shrink has written');
  }
}

/** Throws now what would be thrown when all is played. */
function requireWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch {
    throw usage(`the file ${path} cannot be written`, 'give one in a folder that is there');
  }
}

function readArguments(args: readonly string[]): Request | 'help' | 'list' {
  const { values } = parse(args);
  if (values.help) return 'help';
  if (values.list) return 'list';
  for (const name of ['state', 'jobs'] as const) {
    if (values[name] === undefined || values['node-hours'] !== undefined) continue;
    throw usage(`--${name} is for runs of many seeds`, 'give --node-hours too');
  }
  return {
    scenario: values.scenario ?? 'default',
    seed: numberOf('seed', values.seed ?? '1', { least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true }),
    nodes:
      values.nodes === undefined ? undefined : numberOf('nodes', values.nodes, { least: 1, most: 100, isWhole: true }),
    hours: values.hours === undefined ? undefined : numberOf('hours', values.hours, { least: 0.01, most: 10_000 }),
    plan: values.plan,
    shrink: values.shrink,
    nodeHours:
      values['node-hours'] === undefined
        ? undefined
        : numberOf('node-hours', values['node-hours'], { least: 0.01, most: 1e9 }),
    state: values.state,
    jobs:
      values.jobs === undefined
        ? Math.min(availableParallelism(), MOST_JOBS)
        : numberOf('jobs', values.jobs, { least: 1, most: MOST_JOBS, isWhole: true }),
    isJson: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        nodes: { type: 'string' },
        hours: { type: 'string' },
        scenario: { type: 'string' },
        plan: { type: 'string' },
        shrink: { type: 'string' },
        'node-hours': { type: 'string' },
        state: { type: 'string' },
        jobs: { type: 'string' },
        json: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), '--help shows the options');
  }
}

function numberOf(
  name: string,
  text: string,
  { least, most, isWhole = false }: { readonly least: number; readonly most: number; readonly isWhole?: boolean },
): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!isWhole || Number.isSafeInteger(value))) return value;
  throw usage(
    `--${name} is a ${isWhole ? 'whole number' : 'number'} from ${least} to ${most}, not "${text}"`,
    '--help shows the options',
  );
}

function usage(message: string, hint: string): WattchainError {
  return new WattchainError('badUsage', message, { hint });
}
