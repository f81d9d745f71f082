/** Every command that a document names can be typed: its words lead to a command, which has the options. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CommandTree, describeCommand } from './commandTree.js';
import { createProgram } from './createProgram.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function documents(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return documents(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Lines that begin with `npx wattchain` in blocks and between backticks, without what a shell does to them. */
function commandsOf(text: string): string[] {
  const lines = [...text.matchAll(/^(?:\$ )?npx wattchain (.*)$/gm), ...text.matchAll(/`npx wattchain ([^`\n]*)`/g)];
  return lines.map(([, line = '']) =>
    line
      .replace(/"[^"]*"/g, 'TEXT')
      .replace(/\s+#.*$/, '')
      .replace(/\s+(?:[|&;>]|2>).*$/, '')
      .trim(),
  );
}

/** What is wrong with a line, if anything. */
function faultOf(line: string, program: CommandTree): string | undefined {
  let command = program;
  const known = (tree: CommandTree) => tree.options.flatMap(({ flags }) => flags.match(/--?[\w-]+/g) ?? []);
  const options = new Set(['--help', '--version', ...known(program)]);
  let isLed = true;
  for (const word of line.split(/\s+/)) {
    if (/^--?[a-z]/.test(word)) {
      const name = word.replace(/=.*$/, '');
      if (!options.has(name) && !options.has(`--no-${name.slice(2)}`)) return `${command.name} has no ${name}`;
      continue;
    }
    const next: CommandTree | undefined = isLed ? command.commands.find(({ name }) => name === word) : undefined;
    if (next === undefined) {
      // A word that leads nowhere is an argument, which a group of commands does not take.
      if (isLed && !command.isRunnable && /^[a-z-]+$/.test(word)) return `${command.name} has no command ${word}`;
      isLed = false;
      continue;
    }
    command = next;
    for (const option of known(command)) options.add(option);
  }
  return undefined;
}

test('documents name commands and options that there are', async () => {
  const program = describeCommand(await createProgram());
  const files = ['README.md', 'CONTRIBUTING.md', ...documents('docs'), ...documents('examples')];
  const lines = files.flatMap((file) =>
    commandsOf(readFileSync(join(root, file), 'utf8')).map((line) => ({ file, line })),
  );
  expect(lines.length).toBeGreaterThan(50);
  const wrong = lines.flatMap(({ file, line }) => {
    const fault = faultOf(line, program);
    return fault === undefined ? [] : [`${file}: npx wattchain ${line}: ${fault}`];
  });
  expect(wrong).toEqual([]);
});
