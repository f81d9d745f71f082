import { measureValidation, type ValidationReport } from '@wattchain/bench';
import type { Command } from 'commander';
import { formatTable } from '../output.js';
import { addCommand } from '../program.js';

const FULL = { rounds: 9, signatures: 640, hashes: 20_000, blocks: { rounds: 3, transactions: 4_000 } };
const QUICK = { rounds: 1, signatures: 32, hashes: 200, blocks: { rounds: 1, transactions: 80 } };

/** `wattchain bench validate`: what validating spends its time on, against the libraries that could do it. */
export function addValidateCommand(bench: Command): void {
  addCommand<{ quick?: boolean }>(
    bench,
    'validate',
    'measure recovering senders, hashing and the way of a block against the noble libraries, in turns, per CPU second',
    (command) => command.option('--quick', 'a short run that shows that it works; too short for figures to quote'),
    async (output, { quick }) => {
      const report = await measureValidation(quick ? QUICK : FULL, output.progress);
      output.result(report, describe(report));
    },
  );
}

function describe({ rivals, turns, node, cpu, rounds, checksum }: ValidationReport): string {
  const rate = (value: number) => Math.round(value).toLocaleString('en');
  const table = formatTable(
    [
      ['', 'ours /s', 'theirs /s', 'ours / theirs', ''],
      ...rivals.map(({ name, measure, ratio, ours, theirs }) => [
        measure,
        rate(ours),
        rate(theirs),
        ratio.toFixed(2),
        name,
      ]),
    ],
    [1, 2, 3],
  );
  const { p50Ms, p99Ms, maxMs } = turns;
  const busy = `turns of the event loop while importing: ${[p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1)).join(' / ')} ms (half, 99 %, longest)`;
  return [table, '', busy, `${node}, ${cpu}; per CPU second, medians of ${rounds} rounds; checksum ${checksum}`].join(
    '\n',
  );
}
