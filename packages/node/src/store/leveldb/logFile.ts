import { concatBytes, storeDamaged } from '@wattchain/core';
import { ByteReader } from './byteReader.js';
import { crc32c, maskCrc } from './crc32c.js';
import type { StoredEntry } from './tableFile.js';

/** Reads LevelDB's log files (leveldb/doc/log_format.md), the form of its MANIFEST too. */

const BLOCK_BYTES = 32 * 1024;
/** Masked CRC-32C 4 ‖ length 2 ‖ type 1, little-endian. */
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

/** What a log file holds. */
export interface LogContent {
  /** The whole records before the end or before the first that is wrong. */
  readonly records: readonly Uint8Array[];
  /** Where reading ended before the end of the file. */
  readonly stop: LogStop | undefined;
}

/** `torn`: the file ends inside the last record, as it does when the machine stopped while it was written; all else is damage. */
export interface LogStop {
  readonly kind: 'torn' | 'damaged';
  /** Where the record begins. */
  readonly offset: number;
  readonly detail: string;
  /** Where a torn record would have ended, if its last part has begun. */
  readonly end?: number;
}

/** Reads records up to the first that is not as it was written. LevelDB would leave that one out and go on behind it. */
export function readLog(bytes: Uint8Array): LogContent {
  const records: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let start = 0;
  const stop = (kind: LogStop['kind'], detail: string): LogContent => ({
    records,
    stop: { kind, offset: start, detail },
  });
  for (let offset = 0; offset < bytes.length; ) {
    if (parts.length === 0) start = offset;
    const blockLeft = BLOCK_BYTES - (offset % BLOCK_BYTES);
    if (blockLeft < HEADER_BYTES) {
      offset += blockLeft;
      continue;
    }
    if (bytes.length - offset < HEADER_BYTES) return stop('torn', 'the file ends inside a record');
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES);
    const length = view.getUint16(4, true);
    const type = view.getUint8(6);
    const end = offset + HEADER_BYTES + length;
    if (end > bytes.length) {
      const { stop: cut, ...rest } = stop('torn', 'the file ends inside a record');
      return { ...rest, stop: cut && (type === FULL || type === LAST) ? { ...cut, end } : cut };
    }
    if (length > blockLeft - HEADER_BYTES) return stop('damaged', `the record at byte ${offset} leaves its block`);
    if (maskCrc(crc32c(bytes.subarray(offset + 6, end))) !== view.getUint32(0, true)) {
      // A file system may lengthen a file before it writes what it is lengthened for.
      const isLast = end === bytes.length || bytes.subarray(offset).every((byte) => byte === 0);
      return stop(isLast ? 'torn' : 'damaged', `the checksum of the record at byte ${offset} does not fit`);
    }
    const isBeginning = type === FULL || type === FIRST;
    if (type === 0 || type > LAST || isBeginning !== (parts.length === 0)) {
      return stop('damaged', `the record at byte ${offset} does not follow the one before`);
    }
    parts.push(bytes.subarray(offset + HEADER_BYTES, end));
    offset = end;
    if (type === FULL || type === LAST) {
      records.push(parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts));
      parts = [];
    }
  }
  return parts.length === 0 ? { records, stop: undefined } : stop('torn', 'the file ends inside a record');
}

/** Records from everywhere in a log, going on at the next block of the file behind each that is damaged. */
export function salvageLog(bytes: Uint8Array): { readonly records: Uint8Array[]; readonly stops: LogStop[] } {
  const records: Uint8Array[] = [];
  const stops: LogStop[] = [];
  for (let from = 0; from < bytes.length; ) {
    const { records: found, stop } = readLog(bytes.subarray(from));
    records.push(...found);
    if (stop === undefined) break;
    stops.push({ ...stop, offset: from + stop.offset });
    from += (Math.floor(stop.offset / BLOCK_BYTES) + 1) * BLOCK_BYTES;
  }
  return { records, stops };
}

/** The writes of a record of a database's log: sequence 8 ‖ count 4 ‖ (type 1 ‖ key ‖ value)*. Throws `storeDamaged` where it is none. */
export function readBatch(record: Uint8Array): StoredEntry[] {
  const reader = new ByteReader(record, 'a record of the log');
  // LevelDB ends the process over a sequence of more than 56 bits.
  const start = reader.take(8);
  if (start.at(-1) !== 0) throw storeDamaged('a record of the log is none of a database');
  let sequence = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  const entries: StoredEntry[] = [];
  for (let left = reader.uint32(); left > 0; left--, sequence++) {
    const type = reader.take(1)[0];
    if (type !== 0 && type !== 1) throw storeDamaged(`a record of the log has a write of the unknown type ${type}`);
    entries.push({ sequence, key: reader.slice(), value: type === 1 ? reader.slice() : undefined });
  }
  if (!reader.isAtEnd) throw storeDamaged('a record of the log is too long');
  return entries;
}
