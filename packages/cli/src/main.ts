import { Command } from 'commander';
import { runProgram } from './program.js';

const words = process.argv.slice(2);
await runProgram(await programOf(words[0]), words);

/** All commands, or the development chain alone: what the others load takes most of the second in which it answers. */
async function programOf(word: string | undefined): Promise<Command> {
  if (word !== 'dev') return (await import('./createProgram.js')).createProgram();
  const program = new Command('wattchain');
  (await import('./commands/dev.js')).addDevCommand(program);
  return program;
}
