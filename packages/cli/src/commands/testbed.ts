import { mkdirSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { constants, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { type PlainData, WattchainError } from '@wattchain/core';
import { describeCommunity, PAPER_PROFILE, PAPER_ZONE } from '@wattchain/market';
import { type Command, Option } from 'commander';
import { EXIT } from '../exit.js';
import { openInBrowser } from '../openInBrowser.js';
import { parseFraction, parseWhole } from '../options.js';
import { formatTable, type Output, reportTable, toJson } from '../output.js';
import { addCommand } from '../program.js';
import { runCommunityDay } from '../testbed/communityDay.js';
import { renderCommunityCsv, renderCommunityReport } from '../testbed/communityReport.js';
import { runDay } from '../testbed/day.js';
import { type DayFileContent, describeDayFile, readDayFile } from '../testbed/dayFile.js';
import { renderCommunityFigures } from '../testbed/figures/communityFigures.js';
import { renderPaperFigures } from '../testbed/figures/paperFigures.js';
import { LESSON, runCheaterLesson } from '../testbed/lesson.js';
import { renderLesson, renderLessonCsv, renderLessonFigure } from '../testbed/lessonReport.js';
import type { LessonResult } from '../testbed/lessonResult.js';
import { Testbed, type TestbedOptions } from '../testbed/network.js';
import { MACHINES, PARTICIPANTS, participantAccount, participantsFor } from '../testbed/participants.js';
import { renderPlot } from '../testbed/plot.js';
import { renderCsv, renderExplanations, renderSummary, renderTable } from '../testbed/report.js';
import type { CommunityResult, DayResult } from '../testbed/result.js';
import { stopOnSignal } from '../testbed/signals.js';
import { parseTimeZone } from '../timeZone.js';

interface TestbedCommandOptions {
  readonly dir: string;
  readonly exit?: boolean;
  readonly open?: boolean;
  /** A file, or with neither `--day` nor `--no-day` `true`. */
  readonly day: boolean | string;
  readonly blockInterval: string;
  readonly duty: string;
  readonly joulesPerHash?: string;
  readonly rpcPort: string;
  readonly p2pPort: string;
  readonly date?: string;
  readonly lesson?: string;
  readonly timeZone?: string;
  /** An address, or `true` for this machine's own. */
  readonly sharePage?: boolean | string;
}

/** Where commands look for a node by themselves. */
const DEFAULT_RPC_PORT = '8545';

/** `wattchain testbed`: the paper's four machines and its 4 July. */
export function addTestbedCommand(program: Command): void {
  addCommand<TestbedCommandOptions>(
    program,
    'testbed',
    "start the paper's four nodes, trade its 4 July, keep them running until Ctrl-C",
    (command) =>
      command
        .option('--exit', 'end after the day; the exit code says whether it held')
        .option('--no-day', 'only start the nodes')
        .option('--open', "open home-1's page in the browser")
        .option(
          '--day <file.csv>',
          "trade another community's day: hourly or quarter-hourly load and production of its homes",
        )
        .addOption(
          new Option(
            '--lesson <name>',
            'play a lesson instead of the day: cheater, in which a home delivers less than it sold, and who loses what',
          ).choices(['cheater']),
        )
        .option('--date <YYYY-MM-DD>', 'the day to take from a file that holds several')
        .option(
          '--time-zone <zone>',
          "the community's clock, such as Europe/Berlin, +01:00 or wall; default: that of the file's offsets, else wall",
        )
        .option(
          '--share-page [address]',
          "let phones in the local network look at home-1's page, without keys and control; the address is this machine's there",
        )
        .option('--dir <dir>', 'directory of the testbed, replaced at every start', '.wattchain/testbed')
        .option('--block-interval <ms>', 'block interval', '1000')
        .option('--duty <share>', 'part of a core that each miner uses, 0.01 to 1', '0.2')
        .option('--joules-per-hash <joules>', 'what a try of the proof of work costs; a default is estimated')
        .option('--rpc-port <port>', "home-1's JSON-RPC port; the others take the next three", DEFAULT_RPC_PORT)
        .option('--p2p-port <port>', "home-1's libp2p port; the others take the next three", '30303'),
    async (output, options) => {
      const directory = resolve(options.dir);
      // Before anything is started or deleted: a file may have slips.
      const own = readOwnDay(options);
      const rpcPort = parseWhole('--rpc-port', options.rpcPort, 1, 65_531);
      const shared = placeToShare(options, rpcPort);
      const testbed = await Testbed.create(
        {
          directory,
          rpcPort,
          p2pPort: parseWhole('--p2p-port', options.p2pPort, 1, 65_532),
          blockIntervalMs: parseWhole('--block-interval', options.blockInterval, 100, 60_000),
          duty: parseFraction('--duty', options.duty, 0.01, 1),
          ...(options.joulesPerHash === undefined
            ? {}
            : { joulesPerHash: parseFraction('--joules-per-hash', options.joulesPerHash, 1e-15, 1) }),
          ...playedBy(options, own),
          community: describeDay(options, own),
          ...(shared === undefined ? {} : { shared }),
        },
        output.progress,
      );
      const interrupted = stopOnSignal(testbed);
      try {
        // Whatever is still under way when the person interrupts is given up with the process.
        const signal = await Promise.race([
          interrupted,
          runTestbed(testbed, { options, own, directory, output, interrupted }),
        ]);
        // A day that was cut short has not held.
        if (signal !== undefined && options.day !== false) process.exitCode ??= 128 + constants.signals[signal];
      } finally {
        output.progress('stopping the four nodes …');
        await testbed.stop();
      }
      process.exit();
    },
  );
}

/** The day of `--day`, if there is one. Errors: `badDayFile`, `unreadableFile`, `badDayOption`. */
function readOwnDay({ day, date, lesson, timeZone }: TestbedCommandOptions): DayFileContent | undefined {
  if (lesson !== undefined && day !== true) {
    throw new WattchainError('badDayOption', `--lesson is given with ${day === false ? '--no-day' : '--day'}`, {
      values: { lesson, day },
      hint: 'a lesson has an hour of its own: leave the other option out',
    });
  }
  const clock = timeZone === undefined ? undefined : parseTimeZone('--time-zone', timeZone);
  if (typeof day === 'string') return readDayFile(day, date, clock);
  if (date === undefined) return undefined;
  throw new WattchainError('badDayOption', '--date is given without --day', {
    values: { date },
    hint: 'it chooses a day of a file: --day FILE.csv --date 2017-07-04',
  });
}

/** Where the page is shared: the address that was named or this machine's, and the port after those of the four nodes. */
function placeToShare(
  { sharePage }: TestbedCommandOptions,
  rpcPort: number,
): { host: string; port: number } | undefined {
  if (sharePage === undefined || sharePage === false) return undefined;
  const port = rpcPort + MACHINES.length;
  if (typeof sharePage === 'string') {
    if (isIPv4(sharePage)) return { host: sharePage, port };
    throw new WattchainError('badLanAddress', `--share-page is "${sharePage}", not an IPv4 address`, {
      values: { sharePage },
      hint: 'name this machine as phones reach it: --share-page 192.168.1.20',
    });
  }
  const [own] = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter((each) => each.family === 'IPv4' && !each.internal);
  if (own !== undefined) return { host: own.address, port };
  throw new WattchainError('badLanAddress', 'this machine has no address in a local network', {
    hint: 'connect it, or name the address: --share-page 192.168.1.20',
  });
}

/** Which day is traded and by which clock it is told, for genesis: so that every node's page says the same. */
function describeDay({ day, lesson, timeZone }: TestbedCommandOptions, own: DayFileContent | undefined): PlainData {
  if (own !== undefined) return describeDayFile(own);
  const zone = timeZone === undefined ? PAPER_ZONE : parseTimeZone('--time-zone', timeZone).zone;
  const name = lesson === undefined ? "The paper's 4 July in San Diego" : 'The lesson of the cheater';
  return describeCommunity({ name: day === false ? undefined : name, zone });
}

/** The day that the testbed is made for, and what of the market's rules it needs otherwise. */
function playedBy(
  { lesson }: TestbedCommandOptions,
  own: DayFileContent | undefined,
): Pick<TestbedOptions, 'profile' | 'trade'> {
  if (lesson !== undefined) return { profile: LESSON.profile, trade: LESSON.trade };
  return { profile: own?.day ?? PAPER_PROFILE };
}

/** What a run of the command is made of. */
interface TestbedRun {
  readonly options: TestbedCommandOptions;
  readonly own: DayFileContent | undefined;
  readonly directory: string;
  readonly output: Output;
  readonly interrupted: Promise<NodeJS.Signals>;
}

/** Starts the nodes, plays the day, and with no `--exit` waits for the interruption. */
async function runTestbed(
  testbed: Testbed,
  { options, own, directory, output, interrupted }: TestbedRun,
): Promise<void> {
  await testbed.start();
  output.progress(renderNodes(testbed, own?.day.homes.length ?? PAPER_PROFILE.homes.length));
  const pageUrl = `${testbed.node('home-1').rpcUrl}/`;
  output.progress(`\n  Community, wallet, market and chain in a browser:  ${pageUrl}\n`);
  if (testbed.shared !== undefined) {
    const { host, port } = testbed.shared;
    output.progress(`  Phones in the same network can look at it (no keys, no sending):  http://${host}:${port}/\n`);
  }
  if (options.open === true && !(await openInBrowser(pageUrl))) {
    output.progress(`no browser could be started here: open ${pageUrl} in one`);
  }
  if (options.day !== false) {
    const passed = await playDay(testbed, { options, own, directory, output });
    process.exitCode = passed ? EXIT.ok : EXIT.failed;
  }
  if (options.exit) return;
  const rpc = options.rpcPort === DEFAULT_RPC_PORT ? '' : ` --rpc http://127.0.0.1:${options.rpcPort}`;
  output.progress(
    `\nThe network keeps running. Look at ${pageUrl} or try:  npx wattchain status${rpc}    npx wattchain balance testbed:node-1${rpc}\nCtrl-C stops it.`,
  );
  await interrupted;
}

/** Plays what was asked for and reports it; whether it held. */
async function playDay(
  testbed: Testbed,
  { options, own, directory, output }: Omit<TestbedRun, 'interrupted'>,
): Promise<boolean> {
  if (options.lesson !== undefined)
    return reportLesson(output, directory, await runCheaterLesson(testbed, output.progress));
  if (own !== undefined)
    return reportCommunityDay(output, directory, await runCommunityDay(testbed, own, output.progress));
  return reportDay(output, directory, await runDay(testbed, output.progress));
}

function renderNodes(testbed: Testbed, households: number): string {
  const rows = MACHINES.map((machine) => {
    const node = testbed.node(machine);
    const accounts = PARTICIPANTS.filter((participant) => participant.machine === machine);
    const more =
      participantsFor(households).filter((participant) => participant.machine === machine).length - accounts.length;
    return [
      machine,
      node.rpcUrl,
      `pid ${node.pid}`,
      accounts.map(({ name }) => `${name} ${participantAccount(name).address}`).join('  ') +
        (more > 0 ? `  and ${more} more ${more === 1 ? 'household' : 'households'}` : ''),
    ];
  });
  return formatTable([['machine', 'JSON-RPC', 'process', 'accounts'], ...rows]);
}

/** Writes and prints the paper's day; whether it held. */
function reportDay(output: Output, directory: string, result: DayResult): boolean {
  const files = [
    { name: 'day.json', content: `${toJson(result)}\n` },
    { name: 'day.csv', content: renderCsv(result.rows) },
    { name: 'day.svg', content: renderPlot(result.rows) },
    ...renderPaperFigures(result.series).map(({ name, svg }) => ({ name, content: svg })),
  ];
  const parts = [renderTable(result.rows), renderExplanations(result.rows), renderSummary(result)];
  reportTable(output, result, `\n${[...parts, writeResult(directory, files)].join('\n\n')}`);
  return result.passed;
}

/** Writes and prints another community's day; whether it held. */
function reportCommunityDay(output: Output, directory: string, result: CommunityResult): boolean {
  const files = [
    { name: 'day.json', content: `${toJson(result)}\n` },
    { name: 'day.csv', content: renderCommunityCsv(result) },
    ...renderCommunityFigures(result.series, result).map(({ name, svg }) => ({ name, content: svg })),
  ];
  reportTable(output, result, `\n${renderCommunityReport(result)}\n\n${writeResult(directory, files)}`);
  return result.passed;
}

/** Writes and prints a lesson; whether it held. */
function reportLesson(output: Output, directory: string, result: LessonResult): boolean {
  const files = [
    { name: 'lesson.json', content: `${toJson(result)}\n` },
    { name: 'lesson.csv', content: renderLessonCsv(result) },
    { name: 'lesson.svg', content: renderLessonFigure(result) },
  ];
  reportTable(output, result, `\n${renderLesson(result)}\n\n${writeResult(directory, files)}`);
  return result.passed;
}

/** Writes the day's files and says so. */
function writeResult(directory: string, files: readonly { readonly name: string; readonly content: string }[]): string {
  const folder = join(directory, 'result');
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  return `written to ${folder}: ${files.map(({ name }) => name).join(', ')}`;
}
