import { closeSync, openSync, readSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';

/**
 * The text of a file that a person names, a pipe too, of at most `mostBytes`; `undefined` when it is longer, of which no more is read.
 * Errors: `unreadableFile`.
 */
export function readInputFile(path: string, mostBytes: number): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null);
    return length > mostBytes ? undefined : bytes.toString('utf8', 0, length);
  } catch (cause) {
    const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR';
    throw new WattchainError(
      'unreadableFile',
      isFolder ? `${path} is a folder, not a file` : `${path} cannot be read`,
      {
        values: { path },
        hint: isFolder ? 'name a file in it' : 'check the path and who may read it',
        cause,
      },
    );
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
