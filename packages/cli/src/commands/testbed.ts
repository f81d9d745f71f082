import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseFraction, parseWhole } from '../options.js';
import { formatTable, type Output, toJson } from '../output.js';
import { addCommand, EXIT } from '../program.js';
import { runDay } from '../testbed/day.js';
import { Testbed } from '../testbed/network.js';
import { MACHINES, PARTICIPANTS, participantAccount } from '../testbed/participants.js';
import { renderPlot } from '../testbed/plot.js';
import { renderCsv, renderExplanations, renderSummary, renderTable } from '../testbed/report.js';
import type { DayResult } from '../testbed/result.js';

interface TestbedCommandOptions {
  readonly dir: string;
  readonly exit?: boolean;
  readonly day: boolean;
  readonly blockInterval: string;
  readonly duty: string;
  readonly rpcPort: string;
  readonly p2pPort: string;
}

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
        .option('--dir <dir>', 'directory of the testbed, replaced at every start', '.wattchain/testbed')
        .option('--block-interval <ms>', 'block interval', '1000')
        .option('--duty <share>', 'part of a core that each miner uses, 0.01 to 1', '0.2')
        .option('--rpc-port <port>', "home-1's JSON-RPC port; the others take the next three", '8545')
        .option('--p2p-port <port>', "home-1's libp2p port; the others take the next three", '30303'),
    async (output, options) => {
      const directory = resolve(options.dir);
      const testbed = await Testbed.create(
        {
          directory,
          rpcPort: parseWhole('--rpc-port', options.rpcPort, 1, 65_532),
          p2pPort: parseWhole('--p2p-port', options.p2pPort, 1, 65_532),
          blockIntervalMs: parseWhole('--block-interval', options.blockInterval, 100, 60_000),
          duty: parseFraction('--duty', options.duty, 0.01, 1),
        },
        output.progress,
      );
      const interrupted = stopOnSignal(testbed);
      try {
        // Whatever is still under way when the person interrupts is given up with the process.
        await Promise.race([interrupted, runTestbed(testbed, options, directory, output, interrupted)]);
      } finally {
        output.progress('stopping the four nodes …');
        await testbed.stop();
      }
      process.exit();
    },
  );
}

/** Starts the nodes, plays the day, and with no `--exit` waits for the interruption. */
async function runTestbed(
  testbed: Testbed,
  options: TestbedCommandOptions,
  directory: string,
  output: Output,
  interrupted: Promise<void>,
): Promise<void> {
  await testbed.start();
  output.progress(renderNodes(testbed));
  if (options.day) {
    const result = await runDay(testbed, output.progress);
    reportDay(output, directory, result);
    process.exitCode = result.passed ? EXIT.ok : EXIT.failed;
  }
  if (options.exit) return;
  output.progress(
    '\nThe network keeps running. Try:  npx wattchain status    npx wattchain balance testbed:node-1\nCtrl-C stops it.',
  );
  await interrupted;
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one kills the nodes and ends the process at once. */
function stopOnSignal(testbed: Testbed): Promise<void> {
  return new Promise((resolveSignal) => {
    let count = 0;
    const onSignal = () => {
      count += 1;
      if (count === 1) {
        resolveSignal();
        return;
      }
      testbed.kill();
      process.exit(EXIT.failed);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

function renderNodes(testbed: Testbed): string {
  const rows = MACHINES.map((machine) => {
    const node = testbed.node(machine);
    const accounts = PARTICIPANTS.filter((participant) => participant.machine === machine);
    return [
      machine,
      node.rpcUrl,
      `pid ${node.pid}`,
      accounts.map(({ name }) => `${name} ${participantAccount(name).address}`).join('  '),
    ];
  });
  return formatTable([['machine', 'JSON-RPC', 'process', 'accounts'], ...rows]);
}

function reportDay(output: Output, directory: string, result: DayResult): void {
  const folder = join(directory, 'result');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'day.json'), `${toJson(result)}\n`);
  writeFileSync(join(folder, 'day.csv'), renderCsv(result.rows));
  writeFileSync(join(folder, 'day.svg'), renderPlot(result.rows));
  const text = [
    '',
    renderTable(result.rows),
    '',
    renderExplanations(result.rows),
    '',
    renderSummary(result),
    '',
    `written to ${folder}: day.json, day.csv, day.svg`,
  ].join('\n');
  output.result(result, text);
}
