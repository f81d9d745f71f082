import type { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { buildProgram, describeCommand } from './commandTree.js';
import { createProgram } from './createProgram.js';
import { showHelp } from './showHelp.js';

/** Every command with the words that lead to it. */
function listCommands(command: Command, words: readonly string[] = []): { words: string[]; help: string }[] {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return [
    { words: [...words], help },
    ...command.commands.flatMap((child) => listCommands(child, [...words, child.name()])),
  ];
}

test('the built program has the help of every command, to the letter', async () => {
  const program = await createProgram();
  const tree = JSON.parse(JSON.stringify(describeCommand(program)));
  const real = listCommands(program);
  expect(real.length).toBeGreaterThan(60);
  expect(real.some(({ help }) => help.includes('\nExample:\n'))).toBe(true);
  expect(listCommands(buildProgram(tree, program.version() ?? ''))).toEqual(real);
});

test('only help and version are answered from the list of commands', async () => {
  const tree = describeCommand(await createProgram());
  const shown: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    shown.push(String(text));
    return true;
  });
  const answered = (line: string) => showHelp(line.split(' ').filter(Boolean), tree);
  try {
    for (const line of ['--help', '-h', '--version', '-V', 'help trade', 'trade --help', 'trade offer --json --help']) {
      expect({ line, answered: answered(line) }).toEqual({ line, answered: true });
    }
    shown.length = 0;
    // Something to do, or wrong usage, which the program itself tells in the form that was asked for.
    for (const line of [
      '',
      'status',
      'trade',
      'trade ofer',
      'trade show',
      'peers --wrong',
      'bench',
      'balance x --rpc y',
    ]) {
      expect({ line, answered: answered(line) }).toEqual({ line, answered: false });
    }
    expect(shown).toEqual([]);
  } finally {
    vi.restoreAllMocks();
  }
});

test('without the list the program itself answers', () => {
  expect(showHelp(['--help'], undefined)).toBe(false);
});
