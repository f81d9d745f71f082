import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { loadContracts, tellWarnings } from '../artifacts.js';
import { isDirectory } from '../directory.js';
import { counted } from '../output.js';
import { addCommand } from '../program.js';
import { linkInto } from './contractNew.js';

/** `wattchain contract test`: the contracts of a folder are built, then its tests run. */
export function addContractTestCommand(group: Command): void {
  addCommand<object>(
    group,
    'test [path]',
    "build the contracts of a folder and run its tests with Node.js's own runner; a file stands for its folder",
    (command) => command,
    async (output, _options, text) => {
      const folder = folderOf(resolve(text ?? '.'));
      const files = readdirSync(folder).filter((name) => /\.(sol|wca)$/.test(name));
      // A mistake is told as a compiler tells it, once and before any test.
      for (const file of files) tellWarnings(output, await loadContracts(join(folder, file)));
      if (!existsSync(join(folder, 'node_modules', '@wattchain'))) linkInto(folder);
      if (!(await runTests(folder, output.json))) {
        throw new WattchainError('testsFailed', `tests in ${folder} failed`, { values: { folder } });
      }
      output.result({ folder, contracts: files }, `the tests of ${counted(files.length, 'contract file')} passed`);
    },
  );
}

/** The folder of a path. Errors: `noFolder`. */
function folderOf(path: string): string {
  if (isDirectory(path)) return path;
  if (existsSync(path)) return dirname(path);
  throw new WattchainError('noFolder', `there is no folder or file ${path}`, {
    values: { path },
    hint: 'check the path; "wattchain contract new FOLDER" makes one with a contract and a test',
  });
}

/** Whether they all passed. Standard output is the result's alone where that is JSON. */
async function runTests(folder: string, isQuiet: boolean): Promise<boolean> {
  // Inside a test run Node.js would report to that one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const stdio = ['ignore', isQuiet ? process.stderr : 'inherit', 'inherit'] as const;
  const child = spawn(process.execPath, ['--test'], { cwd: folder, env, stdio: [...stdio] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
