import { bytesEqual, storeDamaged } from '@wattchain/core';
import { ByteReader } from './byteReader.js';
import { crc32c, maskCrc } from './crc32c.js';
import { decompressSnappy } from './snappy.js';

/**
 * Reads LevelDB's table files (leveldb/doc/table_format.md) to check every byte of them before LevelDB does, which ends the
 * process over some that are damaged, and to save what is readable of them.
 */

const FOOTER_BYTES = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
/** Type 1 ‖ masked CRC-32C 4 behind every block. */
const TRAILER_BYTES = 5;
/** Sequence and type behind every key. */
const KEY_TRAILER_BYTES = 8;

/** A key's value at one moment, `undefined` for a deletion. */
export interface StoredEntry {
  /** Of two values of a key the one with the higher sequence is newer. */
  readonly sequence: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** A block that cannot be read, and the last key before it and the first behind it as far as the index knows them. */
export interface DamagedBlock {
  readonly detail: string;
  readonly after: Uint8Array | undefined;
  readonly upTo: Uint8Array | undefined;
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

/** Everything that is wrong with the bytes of a table file; empty when every block is as it was written. */
export function checkTable(bytes: Uint8Array): DamagedBlock[] {
  return readTable(bytes);
}

/** Gives every readable entry to `visit`, in the order of keys, and returns what is not readable. */
export function readTable(bytes: Uint8Array, visit?: (entry: StoredEntry) => void): DamagedBlock[] {
  const damaged: DamagedBlock[] = [];
  const attempt = (read: () => void, after?: Uint8Array, upTo?: Uint8Array) => {
    try {
      read();
    } catch (error) {
      damaged.push({ detail: (error as Error).message, after, upTo });
    }
  };
  attempt(() => {
    const { metaindex, index } = readFooter(bytes);
    attempt(() => {
      for (const { value } of entriesOf(readBlock(bytes, metaindex, 'the metaindex'))) {
        readRaw(bytes, handleOf(new ByteReader(value, 'the metaindex')), 'the filter');
      }
    });
    let after: Uint8Array | undefined;
    for (const { key, value } of entriesOf(readBlock(bytes, index, 'the index'))) {
      const upTo = userKey(key);
      attempt(
        () => {
          const block = readBlock(bytes, handleOf(new ByteReader(value, 'the index')), 'a block');
          if (visit !== undefined) for (const entry of entriesOf(block)) visit(toStored(entry));
        },
        after,
        upTo,
      );
      after = upTo;
    }
  });
  return damaged;
}

function readFooter(bytes: Uint8Array): { readonly metaindex: Handle; readonly index: Handle } {
  if (bytes.length < FOOTER_BYTES) throw storeDamaged(`it has ${bytes.length} bytes, which is no table`);
  const footer = bytes.subarray(bytes.length - FOOTER_BYTES);
  if (!bytesEqual(footer.subarray(FOOTER_BYTES - MAGIC.length), MAGIC))
    throw storeDamaged('it does not end as a table');
  const reader = new ByteReader(footer, 'the footer');
  return { metaindex: handleOf(reader), index: handleOf(reader) };
}

function handleOf(reader: ByteReader): Handle {
  return { offset: reader.varint(), size: reader.varint() };
}

/** The bytes of a block as they are stored, their checksum verified. */
function readRaw(bytes: Uint8Array, { offset, size }: Handle, what: string): { block: Uint8Array; type: number } {
  const end = offset + size;
  if (end + TRAILER_BYTES > bytes.length) throw storeDamaged(`${what} lies outside the file`);
  const expected = new DataView(bytes.buffer, bytes.byteOffset + end + 1, 4).getUint32(0, true);
  if (maskCrc(crc32c(bytes.subarray(offset, end + 1))) !== expected) {
    throw storeDamaged(`the checksum of ${what} at byte ${offset} does not fit`);
  }
  return { block: bytes.subarray(offset, end), type: bytes[end] as number };
}

function readBlock(bytes: Uint8Array, handle: Handle, what: string): Uint8Array {
  const { block, type } = readRaw(bytes, handle, what);
  if (type === 0) return block;
  if (type === 1) return decompressSnappy(block, what);
  throw storeDamaged(`${what} has the unknown type ${type}`);
}

/** Keys share their beginning with the one before; offsets of those that do not stand at the end of the block. */
function* entriesOf(block: Uint8Array): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
  if (block.length < 4) throw storeDamaged('a block is cut off');
  const restarts = new DataView(block.buffer, block.byteOffset + block.length - 4, 4).getUint32(0, true);
  const end = block.length - 4 - 4 * restarts;
  if (end < 0) throw storeDamaged('a block is cut off');
  const reader = new ByteReader(block.subarray(0, end), 'a block');
  let key: Uint8Array = new Uint8Array(0);
  while (!reader.isAtEnd) {
    const shared = reader.varint();
    const rest = reader.varint();
    const valueLength = reader.varint();
    if (shared > key.length) throw storeDamaged('a key in a block continues none');
    // Taken first: a length that lies must not take memory.
    const own = reader.take(rest);
    const next = new Uint8Array(shared + own.length);
    next.set(key.subarray(0, shared));
    next.set(own, shared);
    key = next;
    yield { key, value: reader.take(valueLength) };
  }
}

function userKey(key: Uint8Array): Uint8Array {
  return key.subarray(0, Math.max(0, key.length - KEY_TRAILER_BYTES));
}

function toStored({ key, value }: { readonly key: Uint8Array; readonly value: Uint8Array }): StoredEntry {
  if (key.length < KEY_TRAILER_BYTES) throw storeDamaged('a key in a block is too short');
  const trailer = new DataView(key.buffer, key.byteOffset + key.length - KEY_TRAILER_BYTES, KEY_TRAILER_BYTES);
  const isDeletion = trailer.getUint8(0) === 0;
  const sequence = Number(trailer.getBigUint64(0, true) >> 8n);
  return { sequence, key: userKey(key), value: isDeletion ? undefined : value };
}
