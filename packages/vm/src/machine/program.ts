import { assert, type Hash } from '@wattchain/core';
import { type VerifiedCode, verifyCode } from '../verify.js';

/** Code bytes of the programs kept decoded: room for a hundred contracts of ordinary size, some 20 MB when decoded. */
const MAX_CACHED_CODE_BYTES = 1_048_576;

/** Decoded code by code hash, least recently used first. Its content follows from the hash, so all nodes of a process share it. */
const cache = new Map<Hash, VerifiedCode>();
let cachedBytes = 0;

/** The decoded form of stored code; `readCode` is asked when it is not in memory. Code was verified when it was deployed. */
export function programOf(codeHash: Hash, readCode: () => Uint8Array): VerifiedCode {
  const cached = cache.get(codeHash);
  if (cached !== undefined) {
    cache.delete(codeHash);
    cache.set(codeHash, cached);
    return cached;
  }
  const verified = verifyCode(readCode());
  assert(verified.fault === undefined, 'stored code is malformed', verified.fault?.detail);
  const program = verified.value;
  cache.set(codeHash, program);
  cachedBytes += program.length;
  for (const [oldest, { length }] of cache) {
    if (cachedBytes <= MAX_CACHED_CODE_BYTES) break;
    cache.delete(oldest);
    cachedBytes -= length;
  }
  return program;
}
