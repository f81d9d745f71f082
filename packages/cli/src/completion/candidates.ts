import type { CommandTree, OptionTree } from '../commandTree.js';

/** What may follow an option. */
export type ValueKind = 'none' | 'file' | 'directory' | 'choices' | 'other';

/** An option as shells complete it. */
export interface OptionCandidate {
  /** `--rpc`, `--no-wait`. */
  readonly long: string;
  readonly description: string;
  readonly value: ValueKind;
  readonly choices: readonly string[];
}

/** What can be typed at one place of the command line. */
export interface Place {
  /** Words of the command that leads there: `trade offer`; empty behind the program's name. */
  readonly words: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Words that a positional argument may be. */
  readonly choices: readonly string[];
  readonly options: readonly OptionCandidate[];
}

const HELP: OptionCandidate = { long: '--help', description: 'display help for command', value: 'none', choices: [] };

/** Every place of the program, the first before the first word. */
export function listPlaces(tree: CommandTree): Place[] {
  const version = { ...HELP, long: '--version', description: 'output the version number' };
  const [first, ...others] = placesBelow(tree, []);
  if (first === undefined) return others;
  return [{ ...first, options: [...first.options, version] }, ...others];
}

function placesBelow(tree: CommandTree, words: readonly string[]): Place[] {
  const place = {
    words: words.join(' '),
    commands: tree.commands.map(({ name, description }) => ({ name, description })),
    choices: tree.arguments.flatMap(({ choices = [] }) => choices),
    options: [...tree.options.filter(({ hidden }) => !hidden).map(candidateOf), HELP],
  };
  return [place, ...tree.commands.flatMap((child) => placesBelow(child, [...words, child.name]))];
}

function candidateOf({ flags, description, choices = [] }: OptionTree): OptionCandidate {
  const long = /--[\w-]+/.exec(flags)?.[0] ?? flags;
  const value = /[<[](.*?)[>\]]/.exec(flags)?.[1];
  return { long, description, choices, value: kindOf(value, choices) };
}

/** The program names the values of its options by what they are. */
function kindOf(value: string | undefined, choices: readonly string[]): ValueKind {
  if (value === undefined) return 'none';
  if (choices.length > 0) return 'choices';
  if (value.startsWith('file')) return 'file';
  return value.startsWith('dir') ? 'directory' : 'other';
}
