/**
 * What `fastSha256.ts`, `fastKeccak256.ts` and `recover.ts` export, by noble: a bundle whose size matters more than its speed takes this
 * file instead of those (packages/web/vite.config.ts).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { recoverPublicKeyByNoble } from './nobleRecover.js';
import type { RecoverySource } from './recover.js';

export { sha256 as fastSha256 } from '@noble/hashes/sha2.js';
export { keccak_256 as fastKeccak256 } from '@noble/hashes/sha3.js';

export const LANES_ARE_BYTES = true;

export function fastSha256Into(message: Uint8Array, length: number, target: Uint8Array, at: number): void {
  target.set(sha256(message.subarray(0, length)), at);
}

export function recoverPublicKeys(sources: readonly RecoverySource[]): (Uint8Array | undefined)[] {
  return sources.map(recoverPublicKeyByNoble);
}
