import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WattchainError } from '@wattchain/core';

/** Only the owner looks into folders with keys and tokens. */
const PRIVATE_MODE = 0o700;

/**
 * Makes a folder that only its owner may read, and those above it that are missing. Errors: `unwritableDirectory`.
 *
 * One folder at a time, because the recursive mode of Node.js 20 never comes back from `/proc`.
 */
export function makePrivateDirectory(path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  try {
    for (const folder of missing.reverse()) mkdirSync(folder, { mode: PRIVATE_MODE });
  } catch (cause) {
    throw unwritable(path, cause);
  }
  if (!statSync(path).isDirectory()) throw unwritable(path);
}

/** Whether there is a folder of that name. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Writes a file into a folder that was made. Errors: `unwritableDirectory`. */
export function writeInto(directory: string, name: string, text: string): void {
  try {
    writeFileSync(join(directory, name), text);
  } catch (cause) {
    throw unwritable(directory, cause);
  }
}

function unwritable(path: string, cause?: unknown): WattchainError {
  return new WattchainError('unwritableDirectory', `the directory ${path} cannot be made or written to`, {
    values: { path },
    hint: 'check the path, who may write there and whether the disk is full',
    ...(cause === undefined ? {} : { cause }),
  });
}
