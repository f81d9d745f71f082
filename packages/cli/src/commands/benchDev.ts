import { fileURLToPath } from 'node:url';
import { measureStart, type Starter } from '@wattchain/bench';
import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { collect, parseWhole } from '../options.js';
import { formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';

interface BenchDevOptions {
  readonly runs: string;
  readonly rival: readonly string[];
}

/** `wattchain bench dev`: how long a developer waits for the first answer, also of other chains for developers. */
export function addDevStartCommand(bench: Command): void {
  addCommand<BenchDevOptions>(
    bench,
    'dev',
    'measure the time from starting "wattchain dev" to its first answer, in turns with other programs',
    (command) =>
      command
        .option('--runs <n>', 'starts of each', '9')
        .option('--rival <name=command>', 'another program, {port} stands for its port; repeatable', collect, []),
    async (output, options) => {
      const own: Starter = {
        name: 'wattchain dev',
        command: [process.execPath, entryPoint(), 'dev', '--port', '{port}'],
      };
      const nothing: Starter = { name: 'node -e 0', command: [process.execPath, '-e', '0'], isOver: true };
      const [bare, ...times] = await measureStart(
        [nothing, own, ...options.rival.map(parseRival)],
        parseWhole('--runs', options.runs, 1, 1_000),
      );
      reportTable(
        output,
        { node: process.version, bare, times },
        formatTable(
          [
            ['first answer', 'median', 'fastest', 'slowest', 'times node -e 0'],
            ...[...(bare === undefined ? [] : [bare]), ...times].map(({ name, ...ms }) => [
              name,
              ...[ms.medianMs, ms.minMs, ms.maxMs].map((time) => `${time.toFixed(0)} ms`),
              (ms.medianMs / (bare?.medianMs ?? 1)).toFixed(1),
            ]),
          ],
          [1, 2, 3, 4],
        ),
      );
    },
  );
}

function parseRival(text: string): Starter {
  const [, name, command] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && command !== undefined) return { name, command: command.trim().split(/\s+/) };
  throw new WattchainError('badRival', `--rival is "${text}", not a name, "=" and a command`, {
    values: { text },
    hint: 'such as "hardhat=npx hardhat node --port {port}"',
  });
}

const entryPoint = () => fileURLToPath(new URL('../../bin/wattchain.js', import.meta.url));
