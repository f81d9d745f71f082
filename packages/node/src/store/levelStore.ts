import { mkdir } from 'node:fs/promises';
import {
  assert,
  compareBytes,
  type KeyValueWrite,
  storeDamaged,
  storeFailed,
  textToBytes,
  WattchainError,
} from '@wattchain/core';
import type { Level } from 'level';
import { eachInTurns } from '../base/turn.js';
import { checkFolder, folderDamaged } from './checkFolder.js';
import { requireSealed, seal, unsealVersion } from './envelope.js';
import { ListingKeeper } from './fileListing.js';
import { requireVersion, VERSION_KEY } from './schema.js';
import type { IterateOptions, Store } from './store.js';

/** Sizes of a level store. */
export interface LevelStoreOptions {
  /** LevelDB's own cache of uncompressed blocks, in bytes. */
  readonly cacheBytes?: number;
  /** Bytes that LevelDB collects in its log and in memory before it makes a table of them; its own choice, 4 MB, when absent. */
  readonly writeBufferBytes?: number;
}

/** Small beside the 150 MB that an idle node may take; the chain's own cache stands in front of it. */
const DEFAULT_CACHE_BYTES = 8 * 1024 * 1024;

/** Writes that are put into a batch at once: some milliseconds. */
const WRITES_PER_TURN = 512;
/** A store that was given less than this since it was opened closes as it is. */
const TIDY_FROM_BYTES = 1024 * 1024;
/** More than this is not tidied when a store closes, so that closing takes seconds; LevelDB goes on with it by itself. */
const MAX_TIDIED_BYTES = 64 * 1024 * 1024;
/** Prefixes of what every block overwrites or deletes: the state tree and undo records next to each other, the commit record. */
const REWRITTEN = ['tu', 'z'].map(
  (prefixes) => [textToBytes(prefixes.slice(0, 1)), prefixEnd(textToBytes(prefixes.slice(-1))) as Uint8Array] as const,
);

/** What LevelDB's binding can do beyond what every kind of `Level` can. */
export type FileLevel = Level<Uint8Array, Uint8Array> & {
  /** Bytes that a range takes in its tables. */
  approximateSize(start: Uint8Array, end: Uint8Array): Promise<number>;
  /** Writes the tables of a range anew, without what was overwritten and deleted, and what stands in the log into tables. */
  compactRange(start: Uint8Array, end: Uint8Array): Promise<void>;
};

const BINARY = { keyEncoding: 'view', valueEncoding: 'view' } as const;

/**
 * Opens a LevelDB database in the folder `path`, which is made when it is missing.
 * Throws `storeLocked` when another process has it open, `storeDamaged` when its files contradict themselves and
 * `storeUnavailable` when the folder cannot be used.
 */
export async function openLevelStore(path: string, options: LevelStoreOptions = {}): Promise<Store> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw unavailable(path, cause);
  }
  await requireUnlocked(path);
  const { problems, known } = await checkFolder(path).catch((error: NodeJS.ErrnoException) => {
    throw error.syscall === undefined ? error : unavailable(path, error);
  });
  if (problems.length > 0) throw folderDamaged(path, problems);
  const files = new ListingKeeper(path, known);
  // A native library, which only those who store on disk load.
  const { Level } = await import('level');
  let level: FileLevel;
  try {
    await files.begin();
    // It opens by itself when it is left alone, so that this is the next thing it is told.
    level = new Level<Uint8Array, Uint8Array>(path, BINARY) as FileLevel;
    const { cacheBytes = DEFAULT_CACHE_BYTES, writeBufferBytes } = options;
    await level.open({
      cacheSize: cacheBytes,
      ...(writeBufferBytes === undefined ? {} : { writeBufferSize: writeBufferBytes }),
    });
  } catch (cause) {
    throw openError(path, cause);
  }
  const store = new LevelStore(level, files);
  try {
    requireStoredVersion(level);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/**
 * Throws `storeLocked` when somebody has the database in a folder open.
 * LevelDB takes the lock of a folder before it looks at anything in it, and asked for a database that must not be there it does
 * nothing more. Without this the files of a running node would be taken for damaged ones.
 */
export async function requireUnlocked(path: string): Promise<void> {
  const { Level } = await import('level');
  const level = new Level<Uint8Array, Uint8Array>(path, BINARY);
  try {
    await level.open({ createIfMissing: false, errorIfExists: true });
  } catch (cause) {
    if (levelCode(cause) === 'LEVEL_LOCKED') throw openError(path, cause);
    return;
  }
  assert(false, 'a database that must neither be there nor be made is not opened');
}

/** The version is looked at without the checksum, which another version may lack or make in another way. */
function requireStoredVersion(level: Level<Uint8Array, Uint8Array>): void {
  const stored = level.getSync(VERSION_KEY);
  if (stored === undefined) return;
  requireVersion(unsealVersion(plain(stored)) ?? requireSealed(VERSION_KEY, stored));
}

/** The code that LevelDB's binding put on an error or on the cause of one. */
function levelCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as Error & { code?: unknown }).code;
  if (code === 'LEVEL_LOCKED' || code === 'LEVEL_CORRUPTION') return code;
  return levelCode(error.cause) ?? (typeof code === 'string' ? code : undefined);
}

/** How LevelDB begins to say what the system said. */
const IO_ERROR = /^IO error: /;

/**
 * What LevelDB says of files that changed while it has them open is damage, of what the system does not do for it a failing disk; anything
 * else passes as it is.
 */
function storeError(error: unknown): unknown {
  const message = rootMessage(error);
  if (isBroken(error)) return storeDamaged(`its files cannot be read (${message})`, {}, error);
  return IO_ERROR.test(message) ? storeFailed(message.replace(IO_ERROR, ''), {}, error) : error;
}

/** LevelDB calls it an I/O error when a file of its own that CURRENT or MANIFEST names is missing. */
function isBroken(error: unknown): boolean {
  const message = rootMessage(error);
  return levelCode(error) === 'LEVEL_CORRUPTION' || /^Corruption|No such file or directory/.test(message);
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
  if (isBroken(cause)) return storeDamaged(`the database files in "${path}" cannot be opened`, { path }, cause);
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
  #writtenBytes = 0;
  /** Why a write failed, after which none is tried. */
  #failure: unknown;

  constructor(
    private readonly level: FileLevel,
    private readonly files: ListingKeeper,
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    let stored: Uint8Array | undefined;
    try {
      stored = this.level.getSync(key);
    } catch (error) {
      throw storeError(error);
    }
    return stored === undefined ? undefined : requireSealed(key, stored);
  }

  async batch(writes: readonly KeyValueWrite[]): Promise<void> {
    // LevelDB's log may end inside a record now, and what followed it would be lost when the log is read.
    if (this.#failure !== undefined) throw this.#failure;
    try {
      // Three times as fast as a list of operations: no object is made and looked through for each.
      const batch = this.level.batch();
      await eachInTurns(writes, WRITES_PER_TURN, ({ key, value }) => {
        if (value === undefined) batch.del(key);
        else batch.put(key, seal(key, value));
      });
      await batch.write({ sync: true });
    } catch (error) {
      this.#failure = storeError(error);
      throw this.#failure;
    }
    const bytes = writes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    this.#writtenBytes += bytes;
    this.files.wrote(bytes);
  }

  async *iterate(
    prefix: Uint8Array,
    options: IterateOptions = {},
  ): AsyncGenerator<readonly [Uint8Array, Uint8Array], void, undefined> {
    const { reverse = false, limit = -1, gte } = options;
    const end = prefixEnd(prefix);
    const start = gte !== undefined && compareBytes(gte, prefix) > 0 ? gte : prefix;
    const range = { gte: start, ...(end === undefined ? {} : { lt: end }), reverse, limit };
    const iterator = this.level.iterator(range);
    try {
      for (;;) {
        const entry = await iterator.next().catch((error: unknown) => {
          throw storeError(error);
        });
        if (entry === undefined) return;
        const key = plain(entry[0]);
        yield [key, requireSealed(key, entry[1])] as const;
      }
    } finally {
      await iterator.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Frees what blocks have overwritten and deleted. Whatever fails here is as it was, and told when it is read. */
  async #tidy(): Promise<void> {
    if (this.#failure !== undefined || this.#writtenBytes < TIDY_FROM_BYTES) return;
    for (const [start, end] of REWRITTEN) {
      const size = await this.level.approximateSize(start, end).catch(() => Number.POSITIVE_INFINITY);
      if (size <= MAX_TIDIED_BYTES) await this.level.compactRange(start, end).catch(() => {});
    }
  }

  async #close(): Promise<void> {
    await this.#tidy();
    await this.files.idle();
    await this.level.close();
    await this.files.end();
  }
}

/** The same bytes without Node.js's `Buffer`, whose `slice` does not copy as that of every other byte array does. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
