import * as secp from '@noble/secp256k1';
import type { RecoverySource } from './recover.js';
import { CURVE_ORDER } from './scalar.js';

/** `recoverPublicKeys` for one signature, by `@noble/secp256k1`: the readable twin, and what the node uses when it is told to. */
export function recoverPublicKeyByNoble({ digest, r, s, yParity }: RecoverySource): Uint8Array | undefined {
  if (r <= 0n || r >= CURVE_ORDER || s <= 0n || s >= CURVE_ORDER) return undefined;
  const bytes = new secp.Signature(r, s, yParity).toBytes('recovered');
  try {
    return secp.recoverPublicKey(bytes, digest, { prehash: false, isCompressed: false }).subarray(1);
  } catch {
    // Ranges are checked, so what is left is an r that is no point's x, or a sum at infinity.
    return undefined;
  }
}
