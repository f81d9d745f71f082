import { mkdir } from 'node:fs/promises';
import { compareBytes, type KeyValueWrite, WattchainError } from '@wattchain/core';
import type { Level } from 'level';
import type { IterateOptions, Store } from './store.js';

/** Sizes of a level store. */
export interface LevelStoreOptions {
  /** LevelDB's own cache of uncompressed blocks, in bytes. */
  readonly cacheBytes?: number;
}

/** Small beside the 150 MB that an idle node may take; the chain's own cache stands in front of it. */
const DEFAULT_CACHE_BYTES = 8 * 1024 * 1024;

const BINARY = { keyEncoding: 'view', valueEncoding: 'view' } as const;

/**
 * Opens a LevelDB database in the folder `path`, which is made when it is missing.
 * Throws `storeLocked` when another process has it open, `storeCorrupt` when its files contradict themselves and
 * `storeUnavailable` when the folder cannot be used.
 */
export async function openLevelStore(path: string, options: LevelStoreOptions = {}): Promise<Store> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw unavailable(path, cause);
  }
  // A native library, which only those who store on disk load.
  const { Level } = await import('level');
  const level = new Level<Uint8Array, Uint8Array>(path, BINARY);
  try {
    await level.open({ cacheSize: options.cacheBytes ?? DEFAULT_CACHE_BYTES });
  } catch (cause) {
    throw openError(path, cause);
  }
  return new LevelStore(level);
}

/** The code that LevelDB's binding put on an error or on the cause of one. */
function levelCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as Error & { code?: unknown }).code;
  if (code === 'LEVEL_LOCKED' || code === 'LEVEL_CORRUPTION') return code;
  return levelCode(error.cause) ?? (typeof code === 'string' ? code : undefined);
}

function openError(path: string, cause: unknown): WattchainError {
  const code = levelCode(cause);
  if (code === 'LEVEL_LOCKED') {
    return new WattchainError('storeLocked', `the data directory "${path}" is already used by another node`, {
      values: { path },
      hint: 'stop the other node or give this one a data directory of its own',
      cause,
    });
  }
  // LevelDB calls it an I/O error when a file of its own that CURRENT or MANIFEST names is missing.
  const isBroken = code === 'LEVEL_CORRUPTION' || /No such file or directory/.test(rootMessage(cause));
  if (isBroken) {
    return new WattchainError('storeCorrupt', `the database files in "${path}" are corrupt`, {
      values: { path },
      hint: 'delete that folder and start again: the node syncs the chain from its peers',
      cause,
    });
  }
  return unavailable(path, cause);
}

function unavailable(path: string, cause: unknown): WattchainError {
  const detail = rootMessage(cause);
  return new WattchainError('storeUnavailable', `the database in "${path}" cannot be opened: ${detail}`, {
    values: { path },
    hint: 'check that the folder exists, is writable and that the disk is not full',
    cause,
  });
}

function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}

/** First key after all keys that start with `prefix`; `undefined` when there is none. */
function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  const last = prefix.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return undefined;
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] as number) + 1;
  return end;
}

class LevelStore implements Store {
  #closing: Promise<void> | undefined;

  constructor(private readonly level: Level<Uint8Array, Uint8Array>) {}

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.level.getSync(key);
    return value === undefined ? undefined : plain(value);
  }

  async batch(writes: readonly KeyValueWrite[]): Promise<void> {
    const operations = writes.map(({ key, value }) =>
      value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const),
    );
    await this.level.batch(operations, { ...BINARY, sync: true });
  }

  async *iterate(
    prefix: Uint8Array,
    options: IterateOptions = {},
  ): AsyncGenerator<readonly [Uint8Array, Uint8Array], void, undefined> {
    const { reverse = false, limit = -1, gte } = options;
    const end = prefixEnd(prefix);
    const start = gte !== undefined && compareBytes(gte, prefix) > 0 ? gte : prefix;
    const range = { gte: start, ...(end === undefined ? {} : { lt: end }), reverse, limit };
    for await (const [key, value] of this.level.iterator(range)) yield [plain(key), plain(value)] as const;
  }

  close(): Promise<void> {
    this.#closing ??= this.level.close();
    return this.#closing;
  }
}

/** The same bytes without Node.js's `Buffer`, whose `slice` does not copy as that of every other byte array does. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
