import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, textToBytes } from './bytes.js';
import { fastKeccak256, LANES_ARE_BYTES } from './crypto/fastKeccak256.js';
import { fastSha256, fastSha256Into } from './crypto/fastSha256.js';
import { isNobleAlone } from './crypto/implementation.js';

/** SHA-256 (FIPS 180-4), 32 bytes. Used by everything inside: headers, proof of work, trees. */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  const message = joined(parts);
  return isNobleAlone() ? nobleSha256(message) : fastSha256(message);
}

/**
 * {@link sha256} of the first `length` bytes of a message, written into `target` from `at` on: for whoever hashes so many small messages that an array for
 * each of them takes longer than its hash.
 */
export function sha256Into(message: Uint8Array, length: number, target: Uint8Array, at: number): void {
  if (isNobleAlone()) target.set(nobleSha256(message.subarray(0, length)), at);
  else fastSha256Into(message, length, target, at);
}

/** Characters of text that are hashed at once. */
const TEXT_CHUNK = 65_536;

/** SHA-256 of the UTF-8 bytes of texts one after the other, which are never in memory together. No text ends within a character. */
export function sha256OfTexts(texts: Iterable<string>): Uint8Array {
  const hash = nobleSha256.create();
  let waiting = '';
  for (const text of texts) {
    waiting += text;
    if (waiting.length < TEXT_CHUNK) continue;
    hash.update(textToBytes(waiting));
    waiting = '';
  }
  return hash.update(textToBytes(waiting)).digest();
}

/** Keccak-256 as Ethereum uses it, 32 bytes. Used at the edges: addresses, transaction hashes, selectors, map slots, code. */
export function keccak256(...parts: Uint8Array[]): Uint8Array {
  const message = joined(parts);
  return isNobleAlone() || !LANES_ARE_BYTES ? keccak_256(message) : fastKeccak256(message);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts);
}
