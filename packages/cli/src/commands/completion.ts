import { WattchainError } from '@wattchain/core';
import { Argument, type Command } from 'commander';
import { renderBash } from '../completion/bash.js';
import { listPlaces } from '../completion/candidates.js';
import { renderFish } from '../completion/fish.js';
import { renderZsh } from '../completion/zsh.js';
import { addCommand } from '../program.js';
import { readCommandTree } from '../showHelp.js';

const SHELLS = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const;

/** `wattchain completion SHELL`: what a shell must know to complete commands, options and files. */
export function addCompletionCommand(program: Command): void {
  addCommand<object>(
    program,
    'completion',
    'print what bash, zsh or fish needs to complete commands and options: eval "$(wattchain completion bash)"',
    (command) => command.addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(Object.keys(SHELLS))),
    async (output, _options, shell) => {
      const tree = readCommandTree();
      if (tree === undefined) {
        throw new WattchainError('notBuilt', "the program's list of its commands is missing", {
          hint: 'run "npm run setup" in the project\'s root',
        });
      }
      const script = SHELLS[shell as keyof typeof SHELLS](listPlaces(tree));
      output.result({ shell, script }, script.trimEnd());
    },
  );
}
