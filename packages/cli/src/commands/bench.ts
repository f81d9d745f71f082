import { type MiningReport, measureMining, measureSearchRate, measureValidationRate } from '@wattchain/bench';
import type { Command } from 'commander';
import { formatFields, formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';
import { addDevStartCommand } from './benchDev.js';
import { addDifficultyCommand } from './benchDifficulty.js';
import { addDiskCommand } from './benchDisk.js';
import { addMinerCommand } from './benchMiner.js';
import { addRpcCommand } from './benchRpc.js';
import { addStateCommand } from './benchState.js';
import { addValidateCommand } from './benchValidate.js';
import { addVmCommand } from './benchVm.js';

const SEARCH_MS = 2_000;
const TRANSFERS = 200;
/** Seven rounds, after half a second in which TurboFan gets to know every searcher. */
const MINING_FULL = { rounds: 7, turns: 10, sliceMs: 25, warmUpMs: 500 };
const MINING_QUICK = { rounds: 1, turns: 1, sliceMs: 10, warmUpMs: 10 };
/** Characters of the longest bar. */
const BAR_WIDTH = 24;

const perSecond = (rate: number) => `${Math.round(rate).toLocaleString('en')} /s`;
const millions = (rate: number) => (rate / 1e6).toFixed(2);

/** `wattchain bench`: what this machine does in a second; `bench mine`: against whom. */
export function addBenchCommand(program: Command): void {
  addCommand<object>(
    program,
    'bench',
    'measure this machine: searching and validating on one thread; below it validating, the machine, mining, JSON-RPC, difficulty, start times',
    (command) => {
      // Else `--json` behind `mine` would be taken for this command's.
      program.enablePositionalOptions();
      command.enablePositionalOptions();
      addMineCommand(command);
      addMinerCommand(command);
      addRpcCommand(command);
      addDifficultyCommand(command);
      addDevStartCommand(command);
      addValidateCommand(command);
      addDiskCommand(command);
      addStateCommand(command);
      addVmCommand(command);
      // After them, for commands that are added later take over what it allows.
      refuseOthers(command);
      return command;
    },
    async (output) => {
      output.progress('searching …');
      const search = measureSearchRate(SEARCH_MS, () => performance.now());
      output.progress('validating …');
      const validation = measureValidationRate(TRANSFERS, () => performance.now());
      output.result(
        { node: process.version, search, validation },
        formatFields([
          ['search', `${perSecond(search.triesPerSecond)} tries of the proof of work, one thread`],
          ['decode', `${perSecond(validation.decodedPerSecond)} transactions decoded, their senders recovered`],
          ['execute', `${perSecond(validation.executedPerSecond)} transfers executed and committed`],
          ['validate', `${perSecond(validation.validatedPerSecond)} transactions, decoded and executed`],
          ['checksum', validation.stateRoot],
          ['Node.js', process.version],
        ]),
      );
    },
  );
}

/** Takes a word that is none of its commands for one that is misspelt, not for an argument too many. */
function refuseOthers(bench: Command): void {
  bench.allowExcessArguments().hook('preAction', (_, running) => {
    const [word] = bench.args;
    if (running === bench && word !== undefined)
      bench.error(`error: unknown command '${word}'`, { code: 'commander.unknownCommand', exitCode: 2 });
  });
}

function addMineCommand(bench: Command): void {
  addCommand<{ quick?: boolean }>(
    bench,
    'mine',
    'measure the proof-of-work search against other SHA-256 implementations, in turns, on one and on all threads',
    (command) => command.option('--quick', 'a short run that shows that it works; too short for figures to quote'),
    async (output, { quick }) => {
      const extent = quick ? MINING_QUICK : MINING_FULL;
      const report = await measureMining({ ...extent, progress: output.progress });
      reportTable(output, report, describeMining(report));
    },
  );
}

/** The contest as a table with a bar per searcher; bars are logarithmic, or the SHA instructions would hide the rest. */
function describeMining(report: MiningReport): string {
  const { kernel, rivals, threads } = report;
  const rows = [
    {
      name: 'Wattchain',
      hashesPerSecond: kernel.hashesPerSecond,
      ratio: 1,
      allThreadsHashesPerSecond: kernel.allThreadsHashesPerSecond,
      allThreadsRatio: 1,
    },
    ...rivals,
  ];
  const rates = rows.map((row) => row.hashesPerSecond);
  const [slowest, fastest] = [Math.min(...rates) / 2, Math.max(...rates)];
  const bar = (rate: number) =>
    '█'.repeat(Math.round((BAR_WIDTH * Math.log(rate / slowest)) / Math.log(fastest / slowest)));
  const table = formatTable(
    [
      ['', 'M tries/s', 'ours / theirs', `on ${threads} threads`, 'ours / theirs', ''],
      ...rows.map((row) => [
        row.name,
        millions(row.hashesPerSecond),
        row.ratio.toFixed(2),
        millions(row.allThreadsHashesPerSecond),
        row.allThreadsRatio.toFixed(2),
        bar(row.hashesPerSecond),
      ]),
    ],
    [1, 2, 3, 4],
  );
  const absent = report.absent.map(({ name, reason }) => `without ${name}: ${reason}`);
  return [
    table,
    '',
    `${threads} threads / one: ${kernel.scaling.toFixed(2)}`,
    `${report.node}, ${report.cpu}; medians of ${report.rounds} rounds of ${report.turns} turns of ${report.sliceMs} ms; bars are logarithmic`,
    ...absent,
  ].join('\n');
}
