import { measureSearchRate, measureValidationRate } from '@wattchain/bench';
import type { Command } from 'commander';
import { formatFields } from '../output.js';
import { addCommand } from '../program.js';

const SEARCH_MS = 2_000;
const TRANSFERS = 200;

const perSecond = (rate: number) => `${Math.round(rate).toLocaleString('en')} /s`;

/** `wattchain bench`: what this machine does in a second. */
export function addBenchCommand(program: Command): void {
  addCommand<object>(
    program,
    'bench',
    'measure the proof-of-work search and the validation of transactions on one thread',
    (command) => command,
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
