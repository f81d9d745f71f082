import { type Address, toHex } from '../bytes.js';
import { assert } from '../error.js';
import { keccak256 } from '../hash.js';
import { isNobleAlone } from './implementation.js';
import { recoverPublicKeyByNoble } from './nobleRecover.js';
import { type RecoverySource, recoverPublicKeys } from './recover.js';

/**
 * Address whose key made the signature of the 32-byte digest; `undefined` when no key fits, also for r or s outside 1 … n − 1.
 * A high s is taken. `yParity` is EIP-2718's: of the two points with x = r, the one whose y is even (0) or odd (1).
 */
export function recoverAddress(digest: Uint8Array, r: bigint, s: bigint, yParity: 0 | 1): Address | undefined {
  return recoverAddresses([{ digest, r, s, yParity }])[0];
}

/** {@link recoverAddress} of each; many at once take two thirds of the time. */
export function recoverAddresses(sources: readonly RecoverySource[]): (Address | undefined)[] {
  for (const { digest } of sources) assert(digest.length === 32, 'a digest has 32 bytes', digest.length);
  const keys = isNobleAlone() ? sources.map(recoverPublicKeyByNoble) : recoverPublicKeys(sources);
  return keys.map((key) => key && addressOfPoint(key));
}

/** Last 20 bytes of keccak256 of a public key's coordinates, x 32 ‖ y 32. */
export function addressOfPoint(key: Uint8Array): Address {
  return toHex(keccak256(key).subarray(12));
}
