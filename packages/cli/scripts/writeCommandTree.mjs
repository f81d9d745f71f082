// Writes dist/commands.json, from which --help, --version and the completion of shells answer without loading what commands
// need to run. Does nothing while no package was built since.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../..', import.meta.url));
const file = join(packages, 'cli', 'dist', 'commands.json');
const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
const builds = readdirSync(packages).map((name) => join(packages, name, 'tsconfig.tsbuildinfo'));

if (builds.some((build) => changedMs(build) >= changedMs(file))) {
  const { createProgram } = await import('../dist/createProgram.js');
  const { describeCommand } = await import('../dist/commandTree.js');
  writeFileSync(file, `${JSON.stringify(describeCommand(await createProgram()), undefined, 1)}\n`);
}
