import { closeSync, openSync, readSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import { readText } from '@wattchain/market';

/** Makes an error of what is wrong with a file. */
export type FileError = (file: string, what: string, hint: string) => WattchainError;

/**
 * The text of a file that a person names, a pipe too, of at most `mostBytes`, after which no more is read.
 * Errors: `unreadableFile`; as `bad` makes them when it is too long, or nothing that `decode` takes: a table in UTF-8 unless it is another.
 */
export function readInputText(path: string, mostBytes: number, bad: FileError, decode = readText): string {
  const bytes = readInputFile(path, mostBytes);
  if (bytes === undefined) throw bad(path, `it has more than ${mostBytes} bytes`, 'split it');
  const { value, fault } = decode(bytes);
  if (fault !== undefined) throw bad(path, fault.what, fault.hint);
  return value;
}

/** The bytes of a file that a person names; `undefined` when there are more than `mostBytes`. Errors: `unreadableFile`. */
export function readInputFile(path: string, mostBytes: number): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null);
    return length > mostBytes ? undefined : bytes.subarray(0, length);
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
