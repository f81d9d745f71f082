import type { Command } from 'commander';
import { verifyResult } from '../community/verify.js';
import { EXIT } from '../exit.js';
import { counted, formatTable } from '../output.js';
import { addCommand } from '../program.js';

/** `wattchain community verify RESULT`: every figure once more, from the blocks and the input files. */
export function addCommunityVerifyCommand(group: Command): void {
  addCommand<{ inputs?: string }>(
    group,
    'verify <result>',
    'import the exported blocks of a run again, compute every figure from them and the input files, and say which differ',
    (command) => command.option('--inputs <folder>', 'where the input files are (default: inputs beside the result)'),
    async (output, { inputs }, result) => {
      const found = await verifyResult(result ?? '', inputs, output.progress);
      const { differences, count, figures, blocks, transactions, missing, unchecked } = found;
      const seen = `${counted(blocks, 'block')} with ${counted(transactions, 'transaction')} validated, ${counted(figures, 'figure')} compared`;
      const rows = differences.map(({ place, said, found: is }) => [place, said, is]);
      const told = [formatTable([['where', 'said', 'found'], ...rows]), '', `${seen}: ${counted(count, 'difference')}`];
      const beside = [
        ...(missing.length === 0 ? [] : [`not there, so not compared: ${missing.join(', ')}`]),
        ...(unchecked.length === 0 ? [] : [`not part of the result, so not compared: ${unchecked.join(', ')}`]),
      ];
      const text = count === 0 ? [`${seen}: everything is as the result says`] : told;
      output.result(found, [...text, ...beside].join('\n'));
      if (count > 0) process.exitCode = EXIT.failed;
    },
  );
}
