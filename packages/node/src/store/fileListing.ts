import { open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { liveFilesOf } from './leveldb/liveFiles.js';
import { readLog } from './leveldb/logFile.js';
import { checkTable } from './leveldb/tableFile.js';

/**
 * The store's own list of LevelDB's files, beside them: name, size and CRC-32 of each. Tables never change once they are
 * finished; logs and MANIFESTs only grow, so that of these the list knows a beginning. It is written whole when the database
 * closes (`closed`: exactly these files, exactly so) and now and then while it is open.
 */

export const LISTING_FILE = 'files.list';
const TITLE = 'wattchain-files 1';
/** A table file ends with these bytes, which LevelDB writes last. */
const TABLE_MAGIC = '57fb808b247547db';
const CHUNK_BYTES = 1024 * 1024;
/** After so many bytes or batches the list is brought up to date: what a sudden end leaves for LevelDB's own checksums. */
const UPDATE_BYTES = 1024 * 1024;
const UPDATE_BATCHES = 32;

/** A file, or the beginning of one that grows. */
export interface ListedFile {
  readonly bytes: number;
  readonly crc: number;
}

export interface FileListing {
  /** Whether the database was closed after the list was made. */
  readonly closed: boolean;
  readonly files: ReadonlyMap<string, ListedFile>;
}

/** Whether LevelDB reads a file of this name when it opens a folder. */
export function isDatabaseFile(name: string): boolean {
  return /^(CURRENT|MANIFEST-\d+|\d+\.(ldb|sst|log))$/.test(name);
}

/** Whether a file of this name is never changed after it is finished. */
export function isTable(name: string): boolean {
  return /\.(ldb|sst)$/.test(name);
}

/** The list of a folder; `undefined` when there is none or it is damaged itself, which says nothing about the files. */
export async function readListing(folder: string): Promise<FileListing | undefined> {
  const text = await readFile(join(folder, LISTING_FILE), 'latin1').catch(() => '');
  const [title = '', ...lines] = text.split('\n');
  const [, state, checksum] = /^wattchain-files 1 (open|closed) ([0-9a-f]{8})$/.exec(title) ?? [];
  if (state === undefined || checksum !== hex(crc32(`${state}\n${lines.join('\n')}`))) return undefined;
  const files = lines.filter((line) => line !== '').map((line) => line.split(' '));
  return {
    closed: state === 'closed',
    files: new Map(
      files.map(([crc = '', bytes, name = '']) => [name, { bytes: Number(bytes), crc: Number.parseInt(crc, 16) }]),
    ),
  };
}

/** Replaces the list of a folder in one step. */
export async function writeListing(folder: string, { closed, files }: FileListing): Promise<void> {
  const lines = [...files].map(([name, { bytes, crc }]) => `${hex(crc)} ${bytes} ${name}\n`).join('');
  const state = closed ? 'closed' : 'open';
  const path = join(folder, LISTING_FILE);
  await writeFile(`${path}.new`, `${TITLE} ${state} ${hex(crc32(`${state}\n${lines}`))}\n${lines}`);
  await rename(`${path}.new`, path);
}

/** What is said of a file that {@link readable} cannot give. */
export const UNREADABLE = 'cannot be read: the disk reports an error (EIO)';

/** A file's content; `undefined` when the disk fails to give it, which says where the damage is as a wrong checksum does. */
export async function readable(path: string): Promise<Buffer | undefined> {
  return unlessUnreadable(() => readFile(path));
}

/** What reading gives, `undefined` when the disk fails. Every other error, such as of rights, is thrown. */
export async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
    return undefined;
  }
}

/** Size and checksum of a file, or of its first `upTo` bytes; going on from `known`, which is its beginning. `undefined`: it is not there. */
export async function measureFile(
  path: string,
  upTo = Number.POSITIVE_INFINITY,
  known: ListedFile = { bytes: 0, crc: 0 },
): Promise<ListedFile | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    let { bytes, crc } = known;
    const end = Math.min(upTo, (await file.stat()).size);
    const chunk = new Uint8Array(Math.max(1, Math.min(CHUNK_BYTES, end - bytes)));
    while (bytes < end) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, end - bytes), bytes);
      if (bytesRead === 0) break;
      crc = crc32(chunk.subarray(0, bytesRead), crc);
      bytes += bytesRead;
    }
    return { bytes, crc };
  } finally {
    await file.close();
  }
}

/** Keeps the list of a folder whose database is open. */
export class ListingKeeper {
  #files: ReadonlyMap<string, ListedFile>;
  #updating: Promise<void> | undefined;
  #bytes = 0;
  #batches = 0;

  /** `known` was true a moment ago, of files that make up the database: while it is open, none of their numbers is given to another. */
  constructor(
    private readonly folder: string,
    known: ReadonlyMap<string, ListedFile>,
  ) {
    this.#files = known;
  }

  /** Before LevelDB opens the folder: from here on what is listed may be compacted away. */
  begin(): Promise<void> {
    return writeListing(this.folder, { closed: false, files: this.#files });
  }

  /** Counts what was written and brings the list up to date when it is due, beside other work. */
  wrote(bytes: number): void {
    this.#bytes += bytes;
    this.#batches++;
    if (this.#updating !== undefined || (this.#bytes < UPDATE_BYTES && this.#batches < UPDATE_BATCHES)) return;
    this.#bytes = 0;
    this.#batches = 0;
    // A list that could not be written is an older one, which knows less and nothing wrong.
    this.#updating = this.#update(false)
      .catch(() => {})
      .finally(() => {
        this.#updating = undefined;
      });
  }

  /** Waits for an update under way. */
  async idle(): Promise<void> {
    await this.#updating;
  }

  /** After LevelDB has closed the folder: exactly the files that are there. */
  async end(): Promise<void> {
    await this.idle();
    await this.#update(true);
  }

  async #update(closed: boolean): Promise<void> {
    const files = new Map<string, ListedFile>();
    const live = closed ? await liveTablesOf(this.folder) : undefined;
    for (const name of (await readdir(this.folder)).filter(isDatabaseFile).sort()) {
      // Which MANIFEST it names changes while the database is open.
      if (name === 'CURRENT' && !closed) continue;
      const known = this.#files.get(name);
      const path = join(this.folder, name);
      if (isTable(name) && known !== undefined) {
        files.set(name, known);
        continue;
      }
      if (!(closed ? await isSound(path, name, live) : !isTable(name) || (await isFinished(path)))) continue;
      const measured = await measureFile(path, Number.POSITIVE_INFINITY, name === 'CURRENT' ? undefined : known);
      if (measured !== undefined) files.set(name, measured);
    }
    await writeListing(this.folder, { closed, files });
    this.#files = files;
  }
}

/** Numbers of the tables that the MANIFEST in force names; `undefined` where that cannot be read. */
async function liveTablesOf(folder: string): Promise<ReadonlyMap<number, number> | undefined> {
  try {
    const manifest = (await readFile(join(folder, 'CURRENT'), 'latin1')).trim();
    return liveFilesOf(readLog(await readFile(join(folder, manifest))).records).tables;
  } catch {
    return undefined;
  }
}

/**
 * Whether LevelDB's own checksums fit a file of a database that has just been closed. What changed while it was open must not be listed as
 * if it had been written so. Tables that it never came to use may be unfinished, and LevelDB deletes them.
 */
async function isSound(path: string, name: string, live: ReadonlyMap<number, number> | undefined): Promise<boolean> {
  const isUsed = !isTable(name) || live === undefined || live.has(Number.parseInt(name, 10));
  if (name === 'CURRENT' || !isUsed) return true;
  const content = await readable(path);
  if (content === undefined) return false;
  return isTable(name) ? checkTable(content).length === 0 : readLog(content).stop?.kind !== 'damaged';
}

async function isFinished(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(TABLE_MAGIC.length / 2);
    await file.read(end, 0, end.length, Math.max(0, size - end.length));
    return end.toString('hex') === TABLE_MAGIC;
  } finally {
    await file.close();
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
