import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isStoreDamaged, storeDamaged } from '@wattchain/core';
import {
  isDatabaseFile,
  isTable,
  LISTING_FILE,
  type ListedFile,
  measureFile,
  readable,
  readListing,
  UNREADABLE,
  unlessUnreadable,
} from './fileListing.js';
import { type LiveFiles, liveFilesOf } from './leveldb/liveFiles.js';
import { readBatch, readLog } from './leveldb/logFile.js';
import { checkTable } from './leveldb/tableFile.js';

/** A file of the database that is not what was written. */
export interface FileProblem {
  readonly file: string;
  readonly detail: string;
}

/** What a look at a folder found. */
export interface FolderReport {
  /** Empty when LevelDB may open it. */
  readonly problems: readonly FileProblem[];
  /**
   * The listed files that the database consists of. What else is there is deleted when LevelDB opens the folder, which may then give
   * the number of a table that it never came to use to another one.
   */
  readonly known: ReadonlyMap<string, ListedFile>;
}

/** What is said of a file that the list of a closed database leaves out. */
const UNLISTED = 'was damaged when the database closed, or does not belong to it';

/** At most so many files are named in a sentence. */
const MAX_NAMED = 3;

/**
 * Reads every file of a database that nobody has open and compares it with the store's own list; after a sudden end, what is newer
 * than the list is held against LevelDB's own checksums. LevelDB itself would open most damaged files without a word, leave
 * out what it cannot read, and end the process over some.
 */
export async function checkFolder(folder: string): Promise<FolderReport> {
  const names = new Set((await readdir(folder)).filter(isDatabaseFile));
  const listing = await readListing(folder);
  const check = new FolderCheck(folder, names, listing?.files ?? new Map());
  if (listing?.closed) await check.everything();
  else if (names.size > 0 || check.listed.size > 0) await check.afterSuddenEnd();
  return { problems: check.problems, known: check.problems.length > 0 ? new Map() : await check.live() };
}

/** The sentence about the files that are wrong. */
export function folderDamaged(folder: string, problems: readonly FileProblem[]): Error {
  const named = problems.slice(0, MAX_NAMED).map(({ file, detail }) => `${file} ${detail}`);
  const more = problems.length > MAX_NAMED ? [`${problems.length - MAX_NAMED} more`] : [];
  return storeDamaged(`in "${folder}" ${[...named, ...more].join('; ')}`, { folder, problems });
}

class FolderCheck {
  readonly problems: FileProblem[] = [];

  constructor(
    private readonly folder: string,
    private readonly names: ReadonlySet<string>,
    readonly listed: ReadonlyMap<string, ListedFile>,
  ) {}

  /** The database was closed: its files are the listed ones to the last byte. */
  async everything(): Promise<void> {
    for (const [name, file] of this.listed)
      if (!(await this.#isTorn(name, file))) await this.#compare(name, file, true);
    for (const name of this.names) if (!this.listed.has(name)) this.#add(name, UNLISTED);
    // It went while the database was open: without it LevelDB would begin an empty one and delete the files of this.
    if (this.listed.size > 0 && !this.listed.has('CURRENT') && !this.names.has('CURRENT'))
      this.#add('CURRENT', 'is missing');
  }

  /** The database was open at last: the list is older than the files. */
  async afterSuddenEnd(): Promise<void> {
    const live = await this.#liveFiles();
    if (live === undefined) return;
    for (const [number, bytes] of live.tables) await this.#table(number, bytes);
    await this.#logs(live.firstLog);
  }

  /** The listed files that the MANIFEST in force names, itself included. */
  async live(): Promise<ReadonlyMap<string, ListedFile>> {
    const live = this.names.has('CURRENT') ? await this.#liveFiles() : undefined;
    if (live === undefined) return new Map();
    const isLive = (name: string) => {
      if (isTable(name)) return live.tables.has(numberOf(name));
      return name.endsWith('.log') ? numberOf(name) >= live.firstLog : name === live.manifest;
    };
    return new Map([...this.listed].filter(([name]) => isLive(name)));
  }

  async #liveFiles(): Promise<(LiveFiles & { readonly manifest: string }) | undefined> {
    if (!this.names.has('CURRENT')) return this.#add('CURRENT', 'is missing');
    const current = await this.#content('CURRENT');
    if (current === undefined) return undefined;
    const manifest = /^(MANIFEST-\d+)\n$/.exec(current.toString('latin1'))?.[1];
    if (manifest === undefined) return this.#add('CURRENT', 'names no MANIFEST');
    if (!this.names.has(manifest)) return this.#add(manifest, 'is missing');
    const older = [...this.listed.keys()].find(
      (name) => name.startsWith('MANIFEST') && numberOf(name) > numberOf(manifest),
    );
    if (older !== undefined) return this.#add('CURRENT', `names ${manifest}, which is older than ${older}`);
    const listed = this.listed.get(manifest);
    if (listed !== undefined && !(await this.#compare(manifest, listed, false))) return undefined;
    const content = await this.#content(manifest);
    if (content === undefined) return undefined;
    const { records, stop } = readLog(content);
    if (stop?.kind === 'damaged') return this.#add(manifest, `is damaged: ${stop.detail}`);
    return this.#attempt(manifest, () => ({ ...liveFilesOf(records), manifest }));
  }

  /** A file's content; `undefined`, and a problem, when the disk does not give it. */
  async #content(name: string): Promise<Buffer | undefined> {
    return (await readable(join(this.folder, name))) ?? this.#add(name, UNREADABLE);
  }

  #attempt<T>(name: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isStoreDamaged(error)) throw error;
      return this.#add(name, `is damaged: ${error.message}`);
    }
  }

  async #table(number: number, bytes: number): Promise<void> {
    const names = ['ldb', 'sst'].map((extension) => `${String(number).padStart(6, '0')}.${extension}`);
    const name = names.find((candidate) => this.names.has(candidate));
    if (name === undefined) return this.#add(names[0] as string, 'is missing');
    const listed = this.listed.get(name);
    if (listed !== undefined) {
      await this.#compare(name, listed, true);
      return;
    }
    const content = await this.#content(name);
    if (content === undefined) return;
    if (content.length !== bytes) return this.#add(name, `has ${content.length} bytes instead of ${bytes}`);
    const [damaged] = checkTable(content);
    if (damaged !== undefined) this.#add(name, `is damaged: ${damaged.detail}`);
  }

  /**
   * Logs that are not in tables yet. Only the newest that was written may end inside a record, where its writing was interrupted: an empty one
   * after it is what a start leaves that was interrupted too.
   */
  async #logs(first: number): Promise<void> {
    const isWaiting = (name: string) => name.endsWith('.log') && numberOf(name) >= first;
    const logs = [...this.names].filter(isWaiting).sort((a, b) => numberOf(a) - numberOf(b));
    const expected = [...this.listed.keys()].filter(isWaiting);
    if (first > 0) expected.push(`${String(first).padStart(6, '0')}.log`);
    for (const name of new Set(expected)) if (!this.names.has(name)) this.#add(name, 'is missing');
    for (const [place, name] of logs.entries()) {
      const listed = this.listed.get(name);
      if (listed !== undefined && !(await this.#compare(name, listed, false))) continue;
      const content = await this.#content(name);
      if (content === undefined) continue;
      const { records, stop } = readLog(content);
      this.#attempt(name, () => records.forEach(readBatch));
      const isHarmless = stop === undefined || (stop.kind === 'torn' && (await this.#areEmpty(logs.slice(place + 1))));
      if (!isHarmless) this.#add(name, `is damaged: ${stop.detail}`);
    }
  }

  async #areEmpty(names: readonly string[]): Promise<boolean> {
    const files = await Promise.all(names.map((name) => stat(join(this.folder, name))));
    return files.every(({ size }) => size === 0);
  }

  /**
   * Whether nothing more is wrong with the newest log than that its last write is cut off or an unfinished one follows it, as when
   * a machine stops: LevelDB opens it without that write, and the mark of the head tells of blocks that are missing.
   */
  async #isTorn(name: string, listed: ListedFile): Promise<boolean> {
    const isNewestLog = name === [...this.listed.keys()].filter((other) => other.endsWith('.log')).at(-1);
    const content = isNewestLog && this.names.has(name) ? await readable(join(this.folder, name)) : undefined;
    if (content === undefined || content.length === listed.bytes) return false;
    const { stop } = readLog(content);
    if (stop?.kind !== 'torn') return false;
    if (content.length < listed.bytes) return stop.end === listed.bytes;
    return stop.offset === listed.bytes && (await this.#compare(name, listed, false));
  }

  /** Whether a file, or its beginning, is as listed. */
  async #compare(name: string, listed: ListedFile, whole: boolean): Promise<boolean> {
    const measure = () => measureFile(join(this.folder, name), whole ? undefined : listed.bytes);
    const found = await unlessUnreadable(async () => (await measure()) ?? 'missing');
    if (found === undefined) this.#add(name, UNREADABLE);
    else if (found === 'missing') this.#add(name, 'is missing');
    else if (found.bytes !== listed.bytes) this.#add(name, `has ${found.bytes} bytes instead of ${listed.bytes}`);
    else if (found.crc !== listed.crc)
      this.#add(name, `is not as it was written: its checksum differs from that in ${LISTING_FILE}`);
    else return true;
    return false;
  }

  #add(file: string, detail: string): undefined {
    this.problems.push({ file, detail });
  }
}

function numberOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0]);
}
