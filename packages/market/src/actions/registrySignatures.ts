/** What is signed for the registry of meters (EIP-712), and signatures in two words (EIP-2098). */
import { type Address, WattchainError } from '@wattchain/core';
import { type Hex, type LocalAccount, parseCompactSignature, parseSignature, signatureToCompactSignature } from 'viem';

/** Where a signature counts: on one chain, at one registry. */
export interface RegistryPlace {
  /** The registry of meters. */
  readonly registryAddress: Address;
  readonly chainId: number;
}

/** Who signs: an account of viem with its key, for example `privateKeyToAccount(key)`. */
export type Signer = Pick<LocalAccount, 'signTypedData'>;

/** A signature as the registry takes it. */
export interface CompactSignature {
  readonly r: Hex;
  /** s, and in its highest bit which of the two keys that fit has signed. */
  readonly vs: Hex;
}

/** The domain of everything that is signed for the registry. */
export function registryDomain({ registryAddress, chainId }: RegistryPlace) {
  return { name: 'Wattchain MeterRegistry', version: '1', chainId, verifyingContract: registryAddress } as const;
}

const BYTES_64 = 2 + 2 * 64;

/**
 * A signature of 64 or 65 bytes as the registry takes it.
 * @throws WattchainError `badMeterSignature`
 */
export function compactSignature(signature: Hex): CompactSignature {
  try {
    const { r, yParityAndS } =
      signature.length === BYTES_64
        ? parseCompactSignature(signature)
        : signatureToCompactSignature(parseSignature(signature));
    return { r, vs: yParityAndS };
  } catch (cause) {
    throw new WattchainError('badMeterSignature', `"${signature}" is no signature of a reading or correction`, {
      values: { signature },
      hint: 'give 65 bytes (r, s, v) or 64 bytes (r, vs) as hexadecimal text with 0x',
      cause,
    });
  }
}
