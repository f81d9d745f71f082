import type { KeyValueReader, KeyValueWrite } from '@wattchain/core';

/** Which part of a prefix to walk through. */
export interface IterateOptions {
  /** From the last key to the first. */
  readonly reverse?: boolean;
  /** At most this many entries. */
  readonly limit?: number;
  /** Only keys that are equal or larger; a whole key, with its prefix. */
  readonly gte?: Uint8Array;
}

/** An ordered map from bytes to bytes that survives the process. Values handed out belong to the store: never written to. */
export interface Store extends KeyValueReader {
  /** Synchronous, because execution reads state in the middle of an instruction. */
  get(key: Uint8Array): Uint8Array | undefined;
  /** All writes or none, on disk when the promise resolves. Of two writes to one key the later counts. */
  batch(writes: readonly KeyValueWrite[]): Promise<void>;
  /** The entries whose key starts with `prefix`, in the order of their keys, as they were when the walk began. */
  iterate(prefix: Uint8Array, options?: IterateOptions): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
  /** Waits for running writes and lets go of the files. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** A key of bytes as text of one character per byte, for `Map`. */
export function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
