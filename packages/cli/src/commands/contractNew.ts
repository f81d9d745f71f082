import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { addCommand } from '../program.js';

const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
/** Packages that a contract's tests import. */
const LINKED_PACKAGES = ['core', 'vm', 'solidity'] as const;

/** `wattchain contract new` and `link`: a folder with a contract and its test. */
export function addContractNewCommands(group: Command): void {
  addCommand<{ readonly assembly?: boolean }>(
    group,
    'new <folder>',
    'make a folder with a small contract in Solidity, a test, and what to do next',
    (command) => command.option('--assembly', "a contract in the machine's assembly instead (docs/vm.md)"),
    async (output, options, text) => {
      const folder = resolve(text as string);
      if (existsSync(folder) && readdirSync(folder).length > 0) {
        throw new WattchainError('folderNotEmpty', `${folder} is not empty`, {
          values: { folder },
          hint: 'name a folder that does not exist yet; "wattchain contract link" repairs the links of one that does',
        });
      }
      const template = join(TEMPLATES, options.assembly === true ? 'assembly' : 'solidity');
      const files = readdirSync(template);
      whileWriting(folder, () => {
        mkdirSync(folder, { recursive: true });
        for (const file of files) copyFileSync(join(template, file), join(folder, file));
      });
      linkInto(folder);
      output.result(
        { folder, files },
        `${folder}: ${files.join(', ')}\nnext: cd ${text} && npx wattchain contract test; README.md says more`,
      );
    },
  );

  addCommand<object>(
    group,
    'link <folder>',
    "let the tests of a contract's folder find this Wattchain, after it was copied here",
    (command) => command,
    async (output, _options, text) => {
      const folder = resolve(text as string);
      if (!existsSync(folder)) {
        throw new WattchainError('noFolder', `there is no folder ${folder}`, {
          values: { folder },
          hint: 'check the path',
        });
      }
      const links = linkInto(folder);
      output.result({ folder, links }, `${folder}: ${links.join(', ')}`);
    },
  );
}

/** Makes links to the packages and the command of this installation, as a package manager would; their paths. Errors: `unwritableDirectory`. */
export function linkInto(folder: string): string[] {
  const modules = join(folder, 'node_modules');
  const links = LINKED_PACKAGES.map((name) => ({
    path: join('@wattchain', name),
    // Of the package's own folder, above what it exports.
    target: fileURLToPath(new URL('..', import.meta.resolve(`@wattchain/${name}`))),
  }));
  const command = fileURLToPath(new URL('../../bin/wattchain.js', import.meta.url));
  whileWriting(modules, () => {
    mkdirSync(join(modules, '@wattchain'), { recursive: true });
    mkdirSync(join(modules, '.bin'), { recursive: true });
    for (const { path, target } of links) replaceLink(target, join(modules, path), 'junction');
    replaceLink(command, join(modules, '.bin', 'wattchain'), 'file');
  });
  return [...links.map(({ path }) => join('node_modules', path)), join('node_modules', '.bin', 'wattchain')];
}

function replaceLink(target: string, path: string, type: 'junction' | 'file'): void {
  rmSync(path, { force: true, recursive: true });
  symlinkSync(target, path, type);
}

function whileWriting(folder: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new WattchainError('unwritableDirectory', `${folder} cannot be written to`, {
      values: { folder },
      hint: 'check the path, who may write there and whether the disk is full',
      cause,
    });
  }
}
