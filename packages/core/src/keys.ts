import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as secp from '@noble/secp256k1';
import {
  type Address,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  fromHex,
  isHexOf,
  textToBytes,
  toHex,
} from './bytes.js';
import { CURVE_ORDER } from './crypto/scalar.js';
import { addressOfPoint, recoverAddress } from './crypto/signers.js';
import { assert, WattchainError } from './error.js';
import { keccak256 } from './hash.js';
import { MINER_SEAL_BYTES } from './params.js';
import type { Signature } from './transaction/types.js';

// The library ships without hash functions; these make its synchronous calls work.
secp.hashes.sha256 = sha256;
secp.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const HALF_CURVE_ORDER = CURVE_ORDER >> 1n;

/** A private key from text: 32 bytes of hex, with or without 0x. Errors: `badPrivateKey` (which never repeats the text). */
export function parsePrivateKey(text: string): Uint8Array {
  const hex = text.trim().startsWith('0x') ? text.trim() : `0x${text.trim()}`;
  if (!isHexOf(hex, 32)) {
    throw new WattchainError('badPrivateKey', 'this is not a private key', {
      hint: 'give 32 bytes as 64 hexadecimal digits',
    });
  }
  return fromHex(hex);
}

/** Address of a 32-byte private key. Throws `badPrivateKey`. */
export function addressOf(privateKey: Uint8Array): Address {
  requirePrivateKey(privateKey);
  return publicKeyToAddress(secp.getPublicKey(privateKey, false));
}

/** Last 20 bytes of keccak256 of a public key (65 bytes, or 33 compressed). Throws `badPublicKey`. */
export function publicKeyToAddress(publicKey: Uint8Array): Address {
  if (!secp.utils.isValidPublicKey(publicKey)) {
    throw new WattchainError('badPublicKey', `${toHex(publicKey.subarray(0, 65))} is not a secp256k1 public key`, {
      hint: 'give 33 bytes (compressed) or 65 bytes (0x04 first) of a point on the curve',
    });
  }
  const uncompressed = publicKey.length === 65 ? publicKey : secp.Point.fromBytes(publicKey).toBytes(false);
  return addressOfPoint(uncompressed.subarray(1));
}

/** Deterministic ECDSA signature (RFC 6979, low s) of a 32-byte digest. Throws `badPrivateKey`. */
export function sign(digest: Uint8Array, privateKey: Uint8Array): Signature {
  assert(digest.length === 32, 'a digest has 32 bytes', digest.length);
  requirePrivateKey(privateKey);
  const bytes = secp.sign(digest, privateKey, { prehash: false, format: 'recovered' });
  const { r, s, recovery } = secp.Signature.fromBytes(bytes, 'recovered');
  // 2 and 3 need an x coordinate above the curve's order: one in 2^127 signatures.
  assert(recovery === 0 || recovery === 1, 'no recovery of a legacy transaction', recovery);
  return { r, s, recovery };
}

/**
 * What Solidity's `ecrecover` gives: the address whose key made the signature, `undefined` where that is 0 in Solidity. `v` is 27 or
 * 28; a high s is taken, as contracts of today see to that themselves. Source: Ethereum's yellow paper, appendix E.1.
 */
export function ecrecover(digest: Uint8Array, v: bigint, r: bigint, s: bigint): Address | undefined {
  if (v !== 27n && v !== 28n) return undefined;
  return recoverAddress(digest, r, s, v === 27n ? 0 : 1);
}

/** Whether 0 < r < n and 0 < s ≤ n/2 (EIP-2) and the recovery bit is 0 or 1. */
export function isValidSignature({ r, s, recovery }: Signature): boolean {
  return r > 0n && r < CURVE_ORDER && s > 0n && s <= HALF_CURVE_ORDER && (recovery === 0 || recovery === 1);
}

/** A signature as r 32 ‖ s 32 ‖ recovery 1: 65 bytes, the form of a header's `minerSeal`. */
export function encodeSeal({ r, s, recovery }: Signature): Uint8Array {
  return concatBytes(bigIntToBytes(r, 32), bigIntToBytes(s, 32), Uint8Array.of(recovery));
}

/** Reverse of {@link encodeSeal}; `undefined` for any other length or values out of range. */
export function decodeSeal(bytes: Uint8Array): Signature | undefined {
  const recovery = bytes[MINER_SEAL_BYTES - 1];
  if (bytes.length !== MINER_SEAL_BYTES || (recovery !== 0 && recovery !== 1)) return undefined;
  const signature: Signature = {
    r: bytesToBigInt(bytes.subarray(0, 32)),
    s: bytesToBigInt(bytes.subarray(32, 64)),
    recovery,
  };
  return isValidSignature(signature) ? signature : undefined;
}

/** Mixed-case text of an address whose case is its checksum (EIP-55), for people to read. */
export function toChecksumAddress(address: Address): string {
  assert(isHexOf(address, 20), 'not an address', address);
  const digits = address.slice(2).toLowerCase();
  const hash = toHex(keccak256(textToBytes(digits))).slice(2);
  let text = '0x';
  for (const [i, digit] of [...digits].entries()) {
    text += (hash[i] as string) >= '8' ? digit.toUpperCase() : digit;
  }
  return text;
}

/**
 * Address in text: 0x and 40 hex digits, all lower case, all upper case, or with the case of EIP-55.
 * Throws `badAddress`, also when the checksum does not fit.
 */
export function parseAddress(text: string): Address {
  if (!isHexOf(text, 20)) {
    throw new WattchainError('badAddress', `"${String(text).slice(0, 80)}" is not an address`, {
      values: { address: text },
      hint: 'an address is 0x and 40 hexadecimal digits',
    });
  }
  const address = text.toLowerCase() as Address;
  const digits = text.slice(2);
  const isOneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  if (!isOneCase && text !== toChecksumAddress(address)) {
    throw new WattchainError('badAddress', `the checksum of address "${text}" does not fit`, {
      values: { address: text },
      hint: 'a character was mistyped; copy the address again from where it is shown',
    });
  }
  return address;
}

function requirePrivateKey(privateKey: Uint8Array): void {
  // The message must not show the bytes: they may be a key with a typing error.
  if (!secp.utils.isValidSecretKey(privateKey)) {
    throw new WattchainError('badPrivateKey', 'this is not a private key of secp256k1', {
      values: { byteLength: privateKey.length },
      hint: `a private key is a number of 32 bytes between 1 and the curve's order ${toHex(bigIntToBytes(CURVE_ORDER, 32))}`,
    });
  }
}
