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
    const pieces: Uint8Array[] = [];
    let length = 0;
    // Piece by piece: a pipe does not say how long it is, and the limit is far above most files.
    for (let piece = readPiece(file); piece.length > 0 && length <= mostBytes; piece = readPiece(file)) {
      pieces.push(piece);
      length += piece.length;
    }
    return length > mostBytes ? undefined : joinPieces(pieces, length);
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

const PIECE_BYTES = 1_048_576;

function readPiece(file: number): Uint8Array {
  const piece = new Uint8Array(PIECE_BYTES);
  const read = readSync(file, piece, 0, piece.length, null);
  return read < piece.length ? piece.slice(0, read) : piece;
}

function joinPieces(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
