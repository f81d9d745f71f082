import { measureVm, type VmReport } from '@wattchain/bench';
import type { Command } from 'commander';
import { formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';

const FULL = { rounds: 7, sliceMs: 20, blocks: { stored: 20_000, blockGas: 5_000_000, rounds: 3 } };
const QUICK = { rounds: 1, sliceMs: 0.1, blocks: { stored: 500, blockGas: 2_000_000, rounds: 1 } };

/** `wattchain bench vm`: what every opcode takes, and blocks that are full of what could be slow. */
export function addVmCommand(bench: Command): void {
  addCommand<{ quick?: boolean }>(
    bench,
    'vm',
    'measure what every opcode takes for its gas, and blocks full of what could be slow, in processor time',
    (command) => command.option('--quick', 'a short run that shows that it works; too short for figures to quote'),
    async (output, { quick }) => {
      const report = await measureVm(quick ? QUICK : FULL, output.progress);
      reportTable(output, report, describe(report));
    },
  );
}

function describe({ opcodes, blocks, medianNsPerGas, slowestLoop, slowestBlock, node, cpu }: VmReport): string {
  const opcodeTable = formatTable(
    [
      ['opcode', 'gas', 'ns', 'ns a gas', 'in a loop'],
      ...opcodes.map(({ name, gas, ns, nsPerGas, loopNsPerGas }) => [
        name,
        String(gas),
        ns.toFixed(1),
        nsPerGas.toFixed(2),
        loopNsPerGas.toFixed(2),
      ]),
    ],
    [1, 2, 3, 4],
  );
  const blockTable = formatTable(
    [
      ['block full of', 'gas', 'transactions', 'ms', 'ns a gas'],
      ...blocks.map(({ name, gas, transactions, ms, nsPerGas }) => [
        name,
        String(gas),
        String(transactions),
        ms.toFixed(1),
        nsPerGas.toFixed(2),
      ]),
    ],
    [1, 2, 3, 4],
  );
  return [
    opcodeTable,
    '',
    blockTable,
    '',
    `half of the opcodes take less than ${medianNsPerGas.toFixed(1)} ns a gas; the slowest loop is one of ${slowestLoop.name}, ${slowestLoop.loopNsPerGas.toFixed(1)} ns a gas`,
    `the slowest block is one of ${slowestBlock.name}, ${slowestBlock.nsPerGas.toFixed(1)} ns a gas`,
    `${node}, ${cpu}; processor time, medians`,
  ].join('\n');
}
