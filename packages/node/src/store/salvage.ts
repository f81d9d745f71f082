import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesEqual, isStoreDamaged, WattchainError } from '@wattchain/core';
import { unseal, unsealVersion } from './envelope.js';
import { isDatabaseFile, isTable, readable, UNREADABLE } from './fileListing.js';
import { readBatch, salvageLog } from './leveldb/logFile.js';
import { type DamagedBlock, readTable, type StoredEntry } from './leveldb/tableFile.js';
import { requireUnlocked } from './levelStore.js';
import { VERSION_KEY } from './schema.js';

/** What can be read of one file of a database. */
export interface SalvagedFile {
  readonly file: string;
  /** With their values as they were before they were stored; those whose checksum does not fit are left out. */
  readonly entries: readonly StoredEntry[];
  readonly damaged: readonly DamagedBlock[];
}

/** Throws `storeUnavailable` when there is no database in a folder, `storeLocked` when a node has it open. */
export async function requireStopped(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (!names.some(isDatabaseFile)) {
    throw new WattchainError('storeUnavailable', `there is no database in "${folder}"`, {
      values: { folder },
      hint: 'name the data directory of a node that has run: --data DIR',
    });
  }
  await requireUnlocked(folder);
}

/** Reads every table and log of a folder, also those that LevelDB would not open, one after the other. */
export async function* salvageFolder(folder: string): AsyncGenerator<SalvagedFile, void, undefined> {
  const names = (await readdir(folder)).filter((name) => isTable(name) || name.endsWith('.log')).filter(isDatabaseFile);
  for (const file of names.sort()) {
    const bytes = await readable(join(folder, file));
    if (bytes === undefined)
      yield { file, entries: [], damaged: [{ detail: UNREADABLE, after: undefined, upTo: undefined }] };
    else {
      const { entries, damaged } = isTable(file) ? salvageTable(bytes) : salvageLogFile(bytes);
      yield { file, entries: entries.flatMap(unsealed), damaged };
    }
  }
}

type Salvaged = Omit<SalvagedFile, 'file'>;

function salvageTable(bytes: Uint8Array): Salvaged {
  const entries: StoredEntry[] = [];
  return { damaged: readTable(bytes, (entry) => entries.push(entry)), entries };
}

function salvageLogFile(bytes: Uint8Array): Salvaged {
  const { records, stops } = salvageLog(bytes);
  const damaged: DamagedBlock[] = stops.map(({ detail }) => ({ detail, after: undefined, upTo: undefined }));
  const entries: StoredEntry[] = [];
  for (const record of records) {
    try {
      entries.push(...readBatch(record));
    } catch (error) {
      if (!isStoreDamaged(error)) throw error;
      damaged.push({ detail: error.message, after: undefined, upTo: undefined });
    }
  }
  return { entries, damaged };
}

function unsealed(entry: StoredEntry): StoredEntry[] {
  if (entry.value === undefined) return [entry];
  const value = bytesEqual(entry.key, VERSION_KEY) ? unsealVersion(entry.value) : unseal(entry.key, entry.value);
  return value === undefined ? [] : [{ ...entry, value }];
}
