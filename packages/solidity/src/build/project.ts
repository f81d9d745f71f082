/** The files of a contract on disk: what they are called, and where imports are found. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { WattchainError } from '@wattchain/core';
import type { SourceFile } from '@wattchain/vm';
import type { ReadImport } from '../solc.js';

/** A source of ordinary length has a hundredth of that. */
const MAX_FILE_BYTES = 1_000_000;
const MAX_FILES = 1_000;

/** A file to compile, and who reads what it imports. */
export interface Project {
  readonly file: SourceFile;
  readonly readImport: ReadImport;
}

/**
 * A file by its path. Its name is its path from the folder that it and everything it imports with `./` and `../` lie in, so it says
 * nothing of where that folder is. Imports are looked for there, beside the file, and in the `node_modules` of the file's
 * folder and those above.
 *
 * @throws WattchainError `unreadableFile`, `sourceTooLarge`
 */
export function openProject(path: string): Project {
  const whole = resolve(path);
  const own = dirname(whole);
  const base = baseOf(whole);
  const folders = [base, own, ...withParents(own).map((folder) => join(folder, 'node_modules'))];
  return {
    file: { name: nameFrom(base, whole), text: readSource(whole) },
    readImport: (name) => {
      for (const folder of folders) {
        const text = readSourceIfThere(join(folder, name));
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}

/** The folder and those that it lies in. */
function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

/**
 * The innermost folder that holds the file and what it imports by relative paths, and what that imports: solc cuts `../` off where a
 * file's name has no folder to go up to.
 */
function baseOf(path: string): string {
  let base = dirname(path);
  const seen = new Set([path]);
  const queue = [path];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    while (relative(base, file).startsWith(`..${sep}`)) base = dirname(base);
    for (const target of relativeImports(file)) {
      if (seen.has(target) || seen.size >= MAX_FILES) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return base;
}

/** Whatever looks like an import: one in a comment does no harm. */
const RELATIVE_IMPORT = /\bimport\b[^"';]*["'](\.{1,2}\/[^"'\n]+)["']/g;

function relativeImports(file: string): string[] {
  const text = readSourceIfThere(file) ?? '';
  return [...text.matchAll(RELATIVE_IMPORT)].map(([, path = '']) => resolve(dirname(file), path));
}

/** With slashes, as imports are written on every system. */
function nameFrom(base: string, path: string): string {
  return relative(base, path).split(sep).join('/') || basename(path);
}

/** The text of a file, `undefined` when there is none. Errors: `sourceTooLarge`. */
function readSourceIfThere(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    if (stats.size > MAX_FILE_BYTES) throw tooLarge(path, stats.size);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof WattchainError) throw error;
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readSource(path: string): string {
  const text = readSourceIfThere(path);
  if (text !== undefined) return text;
  throw new WattchainError('unreadableFile', `${path} cannot be read`, { values: { path }, hint: 'check the path' });
}

function tooLarge(path: string, size: number): WattchainError {
  return new WattchainError('sourceTooLarge', `${path} has ${size} bytes, at most ${MAX_FILE_BYTES} are compiled`, {
    values: { path, size },
    hint: 'split it',
  });
}
