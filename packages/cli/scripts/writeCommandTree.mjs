// Writes dist/commands.json, from which --help, --version and the completion of shells answer without loading what commands
// need to run. Does nothing while no package was built since.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtSince } from './builtSince.mjs';

const file = join(fileURLToPath(new URL('..', import.meta.url)), 'dist', 'commands.json');

if (builtSince(file)) {
  const { createProgram } = await import('../dist/createProgram.js');
  const { describeCommand } = await import('../dist/commandTree.js');
  writeFileSync(file, `${JSON.stringify(describeCommand(await createProgram()), undefined, 1)}\n`);
}
