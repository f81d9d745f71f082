import {
  type MissingMeasure,
  measureValidation,
  RIVALS,
  type RivalMeasure,
  type RivalName,
  type ValidationExtent,
  type ValidationReport,
} from '@wattchain/bench';
import { type Command, Option } from 'commander';
import { formatTable } from '../output.js';
import { addCommand } from '../program.js';

const FULL: ValidationExtent = {
  rounds: 3,
  signatures: 2_560,
  slowSignatures: 320,
  // Of 10,000 trades, a third in each round; whole groups of a hundred.
  trades: { warmUp: 1_000, measured: 3_400 },
  slowTrades: { warmUp: 100, measured: 200 },
  transfers: { warmUp: 1_000, measured: 10_000 },
  slowTransfers: { warmUp: 200, measured: 600 },
  imported: { warmUp: 1_000, measured: 10_000 },
  slowImported: { warmUp: 200, measured: 600 },
};
const QUICK: ValidationExtent = {
  rounds: 1,
  signatures: 32,
  slowSignatures: 8,
  trades: { warmUp: 20, measured: 100 },
  slowTrades: { warmUp: 20, measured: 100 },
  transfers: { warmUp: 20, measured: 100 },
  slowTransfers: { warmUp: 20, measured: 100 },
  imported: { warmUp: 40, measured: 120 },
  slowImported: { warmUp: 20, measured: 100 },
};

interface BenchValidateOptions {
  readonly quick?: boolean;
  readonly rival?: readonly RivalName[];
  readonly install: boolean;
}

/** `wattchain bench validate`: the way of a transaction, and its parts, against programs and libraries that do the same. */
export function addValidateCommand(bench: Command): void {
  addCommand<BenchValidateOptions>(
    bench,
    'validate',
    'measure trades over JSON-RPC, executing, importing and recovering senders against rivals, in turns, per CPU second',
    (command) =>
      command
        .option('--quick', 'a short run that shows that it works; too short for figures to quote')
        .addOption(new Option('--rival <names...>', 'only against these').choices(RIVALS))
        .option('--no-install', 'leave out rivals that are not installed in bench/peers, instead of running npm there'),
    async (output, { quick, rival = RIVALS, install }) => {
      const report = await measureValidation({
        extent: quick ? QUICK : FULL,
        rivals: rival,
        mayInstall: install,
        progress: output.progress,
      });
      const rivals = report.rivals.map(figuresOf);
      output.result({ rivals }, describe(report));
    },
  );
}

function figuresOf(found: RivalMeasure | MissingMeasure): object {
  if ('missing' in found) return found;
  const { name, measure, ratio, ours, theirs } = found;
  return { name, measure, ratio, ours, theirs };
}

function describe({ rivals, turns, node, cpu, rounds }: ValidationReport): string {
  const rate = (value: number) => Math.round(value).toLocaleString('en');
  const table = formatTable(
    [
      ['', 'ours /s', 'theirs /s', 'ours / theirs', 'by the clock', ''],
      ...rivals.map((found) =>
        'missing' in found
          ? [found.measure, '', '', '', '', `${found.name}: ${found.missing}`]
          : [
              found.measure,
              rate(found.ours),
              rate(found.theirs),
              found.ratio.toFixed(2),
              found.wallRatio?.toFixed(2) ?? '',
              found.name,
            ],
      ),
    ],
    [1, 2, 3, 4],
  );
  const { p50Ms, p99Ms, maxMs } = turns;
  const busy = `turns of the event loop while importing: ${[p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1)).join(' / ')} ms (half, 99 %, longest)`;
  return [table, '', busy, `${node}, ${cpu}; per CPU second, medians of ${rounds} rounds`].join('\n');
}
