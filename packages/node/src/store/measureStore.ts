import type { FileLevel } from './levelStore.js';
import { requireStopped } from './salvage.js';
import { KINDS } from './schema.js';

/** What the values of one kind take. */
export interface StorePart {
  readonly kind: string;
  readonly count: number;
  /** Keys and values as the database is given them. */
  readonly bytes: number;
  /** What the database says that they take in its files, without what its logs hold. */
  readonly diskBytes: number;
}

/** Counts the values of every kind in the database of a folder, which no node opens afterwards. Throws `storeUnavailable`, `storeLocked`. */
export async function measureStore(folder: string): Promise<StorePart[]> {
  await requireStopped(folder);
  const { Level } = await import('level');
  const level = new Level<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' }) as FileLevel;
  await level.open();
  try {
    const parts: StorePart[] = [];
    for (const [prefix, kind] of Object.entries(KINDS)) {
      const [gte, lt] = [Uint8Array.of(prefix.charCodeAt(0)), Uint8Array.of(prefix.charCodeAt(0) + 1)];
      let count = 0;
      let bytes = 0;
      for await (const [key, value] of level.iterator({ gte, lt })) {
        count += 1;
        bytes += key.length + value.length;
      }
      parts.push({ kind, count, bytes, diskBytes: await level.approximateSize(gte, lt) });
    }
    return parts;
  } finally {
    await level.close();
  }
}
