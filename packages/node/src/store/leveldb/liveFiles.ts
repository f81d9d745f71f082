import { storeDamaged } from '@wattchain/core';
import { ByteReader } from './byteReader.js';

/** Which files make up a database, as its MANIFEST says. */
export interface LiveFiles {
  /** Number and size of every table. */
  readonly tables: ReadonlyMap<number, number>;
  /** Logs from this number on are not in tables yet. */
  readonly firstLog: number;
}

/** Adds up the records of a MANIFEST (leveldb/db/version_edit.cc). Throws `storeDamaged`. */
export function liveFilesOf(records: readonly Uint8Array[]): LiveFiles {
  const tables = new Map<number, number>();
  let firstLog = 0;
  const seen = new Set<number>();
  for (const record of records) {
    const reader = new ByteReader(record, 'a record of the MANIFEST');
    const deleted: number[] = [];
    const added: [number, number][] = [];
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      seen.add(tag);
      if (tag === 1) reader.slice();
      else if (tag === 2) firstLog = reader.varint();
      else if (tag === 3 || tag === 4 || tag === 9) reader.varint();
      else if (tag === 5) {
        reader.varint();
        reader.slice();
      } else if (tag === 6) {
        reader.varint();
        deleted.push(reader.varint());
      } else if (tag === 7) {
        reader.varint();
        added.push([reader.varint(), reader.varint()]);
        reader.slice();
        reader.slice();
      } else throw storeDamaged(`a record of the MANIFEST has the unknown field ${tag}`);
    }
    // A table that moves to another level is deleted and added in one record.
    for (const number of deleted) tables.delete(number);
    for (const [number, size] of added) tables.set(number, size);
  }
  // Next file, last sequence and first log: LevelDB opens no database without them.
  if (![2, 3, 4].every((tag) => seen.has(tag))) throw storeDamaged('the MANIFEST is not complete');
  return { tables, firstLog };
}
