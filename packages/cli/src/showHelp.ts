import { existsSync, readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { buildProgram, type CommandTree } from './commandTree.js';
import { packageVersion } from './packageVersion.js';

/** Written when the program is built: loading every command to ask for its words takes a second. */
const TREE_FILE = new URL('../dist/commands.json', import.meta.url);

/** The program's commands as they were when it was built; `undefined` where that was done by hand. */
export function readCommandTree(): CommandTree | undefined {
  return existsSync(TREE_FILE) ? (JSON.parse(readFileSync(TREE_FILE, 'utf8')) as CommandTree) : undefined;
}

/** Words that show help or version wherever they mean themselves. */
const HELP_WORDS: ReadonlySet<string> = new Set(['help', '--help', '-h', '--version', '-V']);

/** Whether the words may ask for help or version, so that it is worth finding out what they mean. */
export function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => HELP_WORDS.has(word));
}

/**
 * Shows help or version if that is what the words ask for, with no command loaded; whether it did. Everything else, wrong usage too,
 * is for the program itself.
 */
export function showHelp(words: readonly string[], tree: CommandTree | undefined): boolean {
  if (tree === undefined) return false;
  const program = buildProgram(tree, packageVersion());
  keepQuiet(program);
  try {
    program.parse(words, { from: 'user' });
    return false;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0;
  }
}

function keepQuiet(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  for (const child of command.commands) keepQuiet(child);
}
