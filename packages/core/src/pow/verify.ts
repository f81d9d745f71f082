import type { Hash } from '../bytes.js';
import { bigIntToBytes, concatBytes, numberToBytes, textToBytes, toHex } from '../bytes.js';
import { assert } from '../error.js';
import { sha256 } from '../hash.js';

/** The puzzle (docs/protocol.md, "Proof of work") as one reads it; `pow/search.ts` is its fast twin. */

/** 48 bytes between the two nonces: they put headerNonce into the second SHA-256 block, alone with constants. */
export const POW_TAG: Uint8Array = textToBytes('Wattchain proof of work: block one, then nonces.');

/** `block1 = sealHash 32 ‖ extraNonce 8 ‖ zeros 24`, one SHA-256 block of 64 bytes. */
export function powBlock1(sealHash: Uint8Array, extraNonce: bigint): Uint8Array {
  assert(sealHash.length === 32, 'a seal hash has 32 bytes', sealHash.length);
  return concatBytes(sealHash, bigIntToBytes(extraNonce, 8), new Uint8Array(24));
}

/** `H(block1 ‖ tag ‖ headerNonce)`, 32 bytes; headerNonce is below 2^32. */
export function powDigest(sealHash: Uint8Array, extraNonce: bigint, headerNonce: number): Uint8Array {
  return sha256(powBlock1(sealHash, extraNonce), POW_TAG, numberToBytes(headerNonce, 4));
}

/** The block hash: the digest's eight 4-byte words in reverse order, so that its last word is the most significant. */
export function powHash(sealHash: Uint8Array, extraNonce: bigint, headerNonce: number): Hash {
  const digest = powDigest(sealHash, extraNonce, headerNonce);
  const words = Array.from({ length: 8 }, (_, i) => digest.subarray(4 * i, 4 * i + 4));
  return toHex(concatBytes(...words.reverse()));
}

/** Whether a block hash, read as a number, is at most the target. */
export function meetsTarget(hash: Hash, target: bigint): boolean {
  return BigInt(hash) <= target;
}
