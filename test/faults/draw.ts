import { bytesToBigInt, sha256, textToBytes } from '@wattchain/core';

/** A whole number below `limit`, the same for the same words in every run. */
export function draw(limit: number, ...words: readonly (string | number)[]): number {
  return Number(bytesToBigInt(sha256(textToBytes(words.join(' '))).subarray(0, 6)) % BigInt(limit));
}
