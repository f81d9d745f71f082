import { measureState, type StateReport } from '@wattchain/bench';
import type { Command } from 'commander';
import { parseWhole } from '../options.js';
import { formatTable } from '../output.js';
import { addCommand } from '../program.js';

/** What a state of many accounts is compared with. */
const FEW_ACCOUNTS = 1_000;
const MEBIBYTE = 1024 * 1024;

/** `wattchain bench state`: what a state of many accounts costs. */
export function addStateCommand(bench: Command): void {
  addCommand<{ accounts: string; transactions: string }>(
    bench,
    'state',
    'measure opening and importing with a state of many accounts, beside one of a thousand, per CPU second',
    (command) =>
      command
        .option('--accounts <n>', 'how many; 100,000 take about ten CPU seconds', '100000')
        .option('--transactions <n>', 'transfers to import, each to another account', '4000'),
    async (output, options) => {
      const accounts = parseWhole('--accounts', options.accounts, 1, 2_000_000);
      const transactions = parseWhole('--transactions', options.transactions, 1, 100_000);
      const report = await measureState({ accounts: [FEW_ACCOUNTS, accounts], transactions }, output.progress);
      output.result(report, describe(report));
    },
  );
}

function describe({ states, transactions, node }: StateReport): string {
  const few = states[0]?.importedPerSecond ?? 1;
  const seconds = (value: number) => value.toFixed(2);
  const table = formatTable(
    [
      ['accounts', 'first start s', 'started again s', 'imported /s', 'beside the first', 'memory MiB'],
      ...states.map((state) => [
        String(state.accounts),
        seconds(state.firstStartSeconds),
        seconds(state.startSeconds),
        String(Math.round(state.importedPerSecond)),
        (state.importedPerSecond / few).toFixed(2),
        String(Math.round(state.importMemoryBytes / MEBIBYTE)),
      ]),
    ],
    [0, 1, 2, 3, 4, 5],
  );
  return [table, '', `${transactions} transfers; CPU seconds of the process; ${node}`].join('\n');
}
