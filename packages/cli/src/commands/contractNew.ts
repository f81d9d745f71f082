import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { addCommand } from '../program.js';

const TEMPLATE = fileURLToPath(new URL('../../templates/contract/', import.meta.url));
/** Packages that a contract's tests import. */
const LINKED_PACKAGES = ['core', 'vm'] as const;

/** `wattchain contract new` and `link`: a folder with a contract and its test. */
export function addContractNewCommands(group: Command): void {
  addCommand<object>(
    group,
    'new <folder>',
    'make a folder with a small contract, a test that runs with "node --test", and what to do next',
    (command) => command,
    async (output, _options, text) => {
      const folder = resolve(text as string);
      if (existsSync(folder) && readdirSync(folder).length > 0) {
        throw new WattchainError('folderNotEmpty', `${folder} is not empty`, {
          values: { folder },
          hint: 'name a folder that does not exist yet; "wattchain contract link" repairs the links of one that does',
        });
      }
      const files = readdirSync(TEMPLATE);
      whileWriting(folder, () => {
        mkdirSync(folder, { recursive: true });
        for (const file of files) copyFileSync(join(TEMPLATE, file), join(folder, file));
      });
      linkInto(folder);
      output.result(
        { folder, files },
        `${folder}: ${files.join(', ')}\nnext: cd ${text} && node --test; README.md says more`,
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

/** Links to the packages and the command of this installation, as a package manager would make them. */
function linkInto(folder: string): string[] {
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
