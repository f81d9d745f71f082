import type { Hex } from 'viem';
import { type RegistryPlace, registryDomain, type Signer } from './registrySignatures.js';

const CORRECTION_TYPES = {
  Correction: [
    { name: 'meter', type: 'bytes32' },
    { name: 'periodStart', type: 'uint64' },
    { name: 'correction', type: 'uint32' },
    { name: 'oldProducedMwh', type: 'uint64' },
    { name: 'oldConsumedMwh', type: 'uint64' },
    { name: 'newProducedMwh', type: 'uint64' },
    { name: 'newConsumedMwh', type: 'uint64' },
  ],
} as const;

/** New values of a reading for its old ones. */
export interface MeterCorrection {
  readonly meter: Hex;
  /** Market time in seconds. */
  readonly periodStart: bigint;
  /** How often the reading was corrected before (`getReading`); 0 for a period that was skipped. */
  readonly correction: bigint;
  /** What the reading says now; 0 for a period that was skipped. */
  readonly oldProducedMwh: bigint;
  readonly oldConsumedMwh: bigint;
  readonly newProducedMwh: bigint;
  readonly newConsumedMwh: bigint;
}

export interface SignCorrectionParameters extends RegistryPlace {
  readonly correction: MeterCorrection;
}

/**
 * What a meter's source and a registrar sign: a correction, for one registry on one chain (EIP-712). For `hashTypedData`,
 * `verifyTypedData` and signers of other kinds.
 */
export function correctionTypedData({ correction: signed, ...place }: SignCorrectionParameters) {
  return {
    domain: registryDomain(place),
    types: CORRECTION_TYPES,
    primaryType: 'Correction',
    message: { ...signed, correction: Number(signed.correction) },
  } as const;
}

/**
 * The signature of a meter's source or of a registrar for a correction; `correctReading` needs both. Nothing is sent.
 * @example
 * const sourceSignature = await signCorrection(privateKeyToAccount(deviceKey), { registryAddress, chainId, correction });
 */
export function signCorrection(signer: Signer, parameters: SignCorrectionParameters): Promise<Hex> {
  return signer.signTypedData(correctionTypedData(parameters));
}
