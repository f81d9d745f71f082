/** Words and what else they stand for. */
import type { Address, Hash } from '@wattchain/core';

const ADDRESS_LIMIT = 1n << 160n;

/** The address in the low 20 bytes, or `undefined` when higher bytes are set. */
export function wordToAddress(word: bigint): Address | undefined {
  return word < ADDRESS_LIMIT ? `0x${word.toString(16).padStart(40, '0')}` : undefined;
}

/** An address as a word. */
export function addressToWord(address: Address): bigint {
  return BigInt(address);
}

/** A word as 32 bytes of hex. */
export function wordToHash(word: bigint): Hash {
  return `0x${word.toString(16).padStart(64, '0')}`;
}

/** 1 or 0. */
export function flagToWord(flag: boolean): bigint {
  return flag ? 1n : 0n;
}
