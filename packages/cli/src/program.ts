import { WattchainError } from '@wattchain/core';
import { type Command, CommanderError } from 'commander';
import { EXIT } from './exit.js';
import { createOutput, errorToJson, errorToText, type Output, toJson } from './output.js';

/** Options that every command takes. */
interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * A command with `--json` and `--verbose`. `run` gets an {@link Output}, the parsed options and the positional arguments;
 * what it throws is shown as one sentence with a hint, and the process exits with 1.
 */
export function addCommand<Options extends object>(
  parent: Command,
  usage: string,
  description: string,
  configure: (command: Command) => Command,
  run: (output: Output, options: Options, ...positionals: string[]) => Promise<void>,
): void {
  const command = parent.command(usage).description(description);
  configure(command)
    .option('--json', 'print the result as JSON')
    .option('--verbose', 'show stack traces of errors')
    .action(async (...received: unknown[]) => {
      // Commander hands over the positionals, the options and the command.
      const positionals = received.slice(0, -2) as string[];
      const options = received.at(-2) as Options & CommonOptions;
      const output = createOutput(options.json === true);
      try {
        await run(output, options, ...positionals);
      } catch (error) {
        fail(error, options);
      }
    });
}

/** Shows an error in the form that was asked for and lets the process end with 1. */
function fail(error: unknown, options: CommonOptions): void {
  if (options.json) process.stdout.write(`${toJson(errorToJson(error))}\n`);
  else process.stderr.write(`${errorToText(error, options.verbose === true)}\n`);
  process.exitCode = EXIT.failed;
}

/** A group of commands, such as `trade offer` and `trade accept`. */
export function addGroup(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description);
}

/** Parses `argv` and runs the command; wrong usage exits with 2 and is told in the form that was asked for. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  overrideExit(program, json);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (json && error.exitCode !== 0) process.stdout.write(`${toJson(errorToJson(usageError(error)))}\n`);
  }
}

/** What Commander found wrong, in the shape of every other error. */
function usageError(error: CommanderError): WattchainError {
  // A group of commands without one of them is answered with its help, and a message that says only that.
  const message =
    error.code === 'commander.help'
      ? 'a command is missing'
      : error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  return new WattchainError('usage', message, { hint: '--help shows how the command is used' });
}

function overrideExit(command: Command, json: boolean): void {
  command.exitOverride();
  if (json) command.configureOutput({ writeErr: () => {} });
  else command.showHelpAfterError('(add --help for more)');
  for (const child of command.commands) overrideExit(child, json);
}
