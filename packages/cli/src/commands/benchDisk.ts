import { type DiskReport, measureDisk } from '@wattchain/bench';
import type { Command } from 'commander';
import { parseWhole } from '../options.js';
import { formatTable } from '../output.js';
import { addCommand } from '../program.js';

const TRANSACTIONS_PER_BLOCK = 200;

/** `wattchain bench disk`: what the chain of a node takes on a disk. */
export function addDiskCommand(bench: Command): void {
  addCommand<{ transactions: string }>(
    bench,
    'disk',
    'measure the bytes that a chain of trades takes on a disk: a quarter offers, a quarter acceptances, half transfers',
    (command) => command.option('--transactions <n>', 'how many; a thousand take some two seconds', '100000'),
    async (output, options) => {
      const transactions = parseWhole('--transactions', options.transactions, 1, 10_000_000);
      const report = await measureDisk({ transactions, transactionsPerBlock: TRANSACTIONS_PER_BLOCK }, output.progress);
      output.result(report, describe(report));
    },
  );
}

function describe({ parts, folderBytes, transactions, blocks, closeMs, node }: DiskReport): string {
  const perTransaction = (bytes: number) => (bytes / transactions).toFixed(1);
  const table = formatTable(
    [
      ['', 'number', 'bytes', 'a transaction', 'in tables, a transaction'],
      ...parts.map(({ kind, count, bytes, diskBytes }) => [
        kind,
        String(count),
        String(bytes),
        perTransaction(bytes),
        perTransaction(diskBytes),
      ]),
    ],
    [1, 2, 3, 4],
  );
  const folder = `${folderBytes} bytes in the folder, ${perTransaction(folderBytes)} a transaction`;
  const extent = `${transactions} transactions in ${blocks} blocks; closed in ${Math.round(closeMs)} ms; ${node}`;
  return [table, '', folder, extent].join('\n');
}
