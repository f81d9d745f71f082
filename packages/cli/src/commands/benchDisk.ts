import { type DiskReport, measureDisk } from '@wattchain/bench';
import type { Command } from 'commander';
import { formatTable } from '../output.js';
import { addCommand } from '../program.js';

const FULL = { transactions: 100_000, transactionsPerBlock: 200 };
const QUICK = { transactions: 400, transactionsPerBlock: 40 };

/** `wattchain bench disk`: what the chain of a node takes on a disk. */
export function addDiskCommand(bench: Command): void {
  addCommand<{ quick?: boolean }>(
    bench,
    'disk',
    'measure the bytes that a chain of trades takes on a disk: a quarter offers, a quarter acceptances, half transfers',
    (command) => command.option('--quick', 'a short run that shows that it works; too short for figures to quote'),
    async (output, { quick }) => {
      const report = await measureDisk(quick ? QUICK : FULL, output.progress);
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
