import { crc32 } from 'node:zlib';
import { storeDamaged } from '@wattchain/core';
import { describeKey } from './schema.js';

/** Bytes that every stored value has behind its own. */
const CHECKSUM_BYTES = 4;

/**
 * A value as it lies on a disk: `value ‖ CRC-32 4` of key and value, so that a changed value is told and a right one under
 * another key too. It is for accidents: a hash is checked besides where one names the value. CRC-32 because it finds every error
 * of up to 32 bits in a row and Node.js has it compiled in.
 */
export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const stored = new Uint8Array(value.length + CHECKSUM_BYTES);
  stored.set(value);
  new DataView(stored.buffer).setUint32(value.length, crc32(value, crc32(key)));
  return stored;
}

/** The value of what {@link seal} made for this key, a view into it; `undefined` when it is something else. */
export function unseal(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
  const length = stored.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  // Not Node.js's `Buffer`, whose `slice` does not copy as that of every other byte array does.
  const value = new Uint8Array(stored.buffer, stored.byteOffset, length);
  const checksum = new DataView(stored.buffer, stored.byteOffset + length, CHECKSUM_BYTES).getUint32(0);
  return crc32(value, crc32(key)) === checksum ? value : undefined;
}

/** {@link unseal} for a value that must be right. Throws `storeDamaged` with what the key names. */
export function requireSealed(key: Uint8Array, stored: Uint8Array): Uint8Array {
  const value = unseal(key, stored);
  if (value !== undefined) return value;
  throw storeDamaged(`the checksum of ${describeKey(key)} does not fit`, { key: describeKey(key) });
}
