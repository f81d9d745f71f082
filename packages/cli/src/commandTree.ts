import type { EventEmitter } from 'node:events';
import { Argument, Command, Option } from 'commander';

/** An option as help and completion show it. */
export interface OptionTree {
  /** As Commander takes them: `--rpc <url>`. */
  readonly flags: string;
  readonly description: string;
  readonly mandatory: boolean;
  readonly hidden: boolean;
  readonly defaultValue?: unknown;
  readonly choices?: readonly string[];
}

/** A positional argument as help and completion show it. */
export interface ArgumentTree {
  /** `<id>`, `[file]`, `<values...>`. */
  readonly term: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

/** A command, and those below it: all that help and completion show, and nothing of what the command does. */
export interface CommandTree {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly ArgumentTree[];
  readonly options: readonly OptionTree[];
  /** What its help ends with. */
  readonly afterHelp: string;
  readonly commands: readonly CommandTree[];
  /** Whether it does something by itself, as `bench` does although there are commands below it. */
  readonly isRunnable: boolean;
}

/** Reads a command and those below it. */
export function describeCommand(command: Command): CommandTree {
  return {
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.map(describeArgument),
    options: command.options
      // The program's version, which has an action of its own.
      .filter(({ long }) => long !== '--version')
      .map(describeOption),
    afterHelp: afterHelpOf(command),
    commands: command.commands.map(describeCommand),
    // Commander gives a command that only groups others a command "help".
    isRunnable: !command
      .createHelp()
      .visibleCommands(command)
      .some((child) => child.name() === 'help'),
  };
}

function describeArgument(argument: Argument): ArgumentTree {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  const { description, argChoices } = argument;
  return {
    term: argument.required ? `<${name}>` : `[${name}]`,
    description,
    ...(argChoices === undefined ? {} : { choices: argChoices }),
  };
}

function describeOption(option: Option): OptionTree {
  const { flags, description, mandatory, hidden, defaultValue, argChoices } = option;
  return {
    flags,
    description,
    mandatory,
    hidden,
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(argChoices === undefined ? {} : { choices: argChoices }),
  };
}

/** What `addHelpText('after', …)` was given; Commander keeps it in listeners alone. */
function afterHelpOf(command: Command): string {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write });
  return text.replace(/\n$/, '');
}

/** A program that has the help of the one that was described, and does nothing. */
export function buildProgram(tree: CommandTree, version: string): Command {
  const program = new Command(tree.name).version(version);
  fill(program, tree);
  return program;
}

function fill(command: Command, tree: CommandTree): void {
  command.description(tree.description);
  for (const { term, description, choices } of tree.arguments) {
    const argument = new Argument(term, description);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  for (const { flags, description, mandatory, hidden, defaultValue, choices } of tree.options) {
    const option = new Option(flags, description).makeOptionMandatory(mandatory).hideHelp(hidden);
    if (choices !== undefined) option.choices(choices);
    command.addOption(option.default(defaultValue));
  }
  if (tree.afterHelp !== '') command.addHelpText('after', tree.afterHelp);
  for (const child of tree.commands) fill(command.command(child.name), child);
  if (tree.isRunnable) command.action(() => {});
}
