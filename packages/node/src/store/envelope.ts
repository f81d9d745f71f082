import { crc32, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { storeDamaged } from '@wattchain/core';
import { describeKey, VERSION_BYTES, VERSION_KEY } from './schema.js';

/** Bytes that every stored value has behind its own. */
const CHECKSUM_BYTES = 4;
/** Bytes of the length in front of a squeezed value. */
const LENGTH_BYTES = 4;
/**
 * Kinds whose values are squeezed: bodies, receipts, undo records, codes. They are lists whose entries have much in common, unlike hashes, and
 * LevelDB's own compression, made for speed, finds a third of that at best and only within 4 KB.
 */
const SQUEEZED: ReadonlySet<number | undefined> = new Set([...'bruc'].map((prefix) => prefix.charCodeAt(0)));

/**
 * A value as it lies on a disk: `value ‖ CRC-32 4` of key and what stands before, so that a changed value is told and a right one under
 * another key too; of some kinds `length 4 ‖ DEFLATE of the value` stands for the value, of short ones
 * `length with the highest bit 4 ‖ value`. The checksum is for accidents: a hash is
 * checked besides where one names the value. CRC-32 because it finds every error of up to 32 bits in a row and Node.js has it compiled in.
 */
export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const content = SQUEEZED.has(key[0]) ? squeeze(value) : value;
  const stored = new Uint8Array(content.length + CHECKSUM_BYTES);
  stored.set(content);
  new DataView(stored.buffer).setUint32(content.length, crc32(content, crc32(key)));
  return stored;
}

/** The value of what {@link seal} made for this key, perhaps a view into it; `undefined` when it is something else. */
export function unseal(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
  const length = stored.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  // Not Node.js's `Buffer`, whose `slice` does not copy as that of every other byte array does.
  const content = new Uint8Array(stored.buffer, stored.byteOffset, length);
  const checksum = new DataView(stored.buffer, stored.byteOffset + length, CHECKSUM_BYTES).getUint32(0);
  if (crc32(content, crc32(key)) !== checksum) return undefined;
  return SQUEEZED.has(key[0]) ? unsqueeze(content) : content;
}

/** The schema version of a store of any version, as stored bytes: the first had no checksums. `undefined` when it is damaged. */
export function unsealVersion(stored: Uint8Array): Uint8Array | undefined {
  return stored.length === VERSION_BYTES ? stored : unseal(VERSION_KEY, stored);
}

/** {@link unseal} for a value that must be right. Throws `storeDamaged` with what the key names. */
export function requireSealed(key: Uint8Array, stored: Uint8Array): Uint8Array {
  const value = unseal(key, stored);
  if (value !== undefined) return value;
  throw storeDamaged(`the checksum of ${describeKey(key)} does not fit`, { key: describeKey(key) });
}

/**
 * Values below this stay as they are: making tables takes longer than all other work on what a block of one transaction leaves, and
 * LevelDB's own compression finds what neighbours have in common.
 */
const LEAST_SQUEEZED_BYTES = 2_048;
/** Added to the length of a value that stands as it is. */
const PLAIN = 2 ** 31;
/** Values below this are squeezed with tables of their own size. */
const SMALL_BYTES = 4_096;
/** Zlib's smallest window, as a power of two. */
const MIN_WINDOW_BITS = 9;
/** What DEFLATE adds to a value that it cannot make shorter, at most, and zlib's smallest piece of output. */
const ADDED_BYTES = 64;
/** Zlib's effort, of 9: with 6, its own choice, bodies are 1 % shorter and take twice as long. */
const EFFORT = 3;

/**
 * Zlib makes its tables anew for each value, a quarter of a megabyte by default: more than the work on what a block of one transaction
 * leaves. The result is DEFLATE as any other.
 */
function tablesFor(length: number): ZlibOptions {
  if (length >= SMALL_BYTES) return { level: EFFORT };
  const windowBits = Math.max(MIN_WINDOW_BITS, 32 - Math.clz32(length));
  return { level: EFFORT, windowBits, memLevel: windowBits - 7, chunkSize: length + ADDED_BYTES };
}

function squeeze(value: Uint8Array): Uint8Array {
  const isPlain = value.length < LEAST_SQUEEZED_BYTES;
  const squeezed = isPlain ? value : deflateRawSync(value, tablesFor(value.length));
  const content = new Uint8Array(LENGTH_BYTES + squeezed.length);
  new DataView(content.buffer).setUint32(0, isPlain ? PLAIN + value.length : value.length);
  content.set(squeezed, LENGTH_BYTES);
  return content;
}

/** `undefined` for what {@link squeeze} did not make; no more is ever unpacked than the length says. */
function unsqueeze(content: Uint8Array): Uint8Array | undefined {
  if (content.length < LENGTH_BYTES) return undefined;
  const length = new DataView(content.buffer, content.byteOffset, LENGTH_BYTES).getUint32(0);
  if (length >= PLAIN)
    return length - PLAIN === content.length - LENGTH_BYTES ? content.subarray(LENGTH_BYTES) : undefined;
  try {
    // At least 1, which is the smallest limit that there is.
    const value = inflateRawSync(content.subarray(LENGTH_BYTES), { maxOutputLength: Math.max(1, length) });
    return value.length === length ? new Uint8Array(value.buffer, value.byteOffset, length) : undefined;
  } catch {
    return undefined;
  }
}
