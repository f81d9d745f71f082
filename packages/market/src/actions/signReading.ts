import type { Hex } from 'viem';
import { type RegistryPlace, registryDomain, type Signer } from './registrySignatures.js';
import type { MeterReading } from './reportReadings.js';

const READING_TYPES = {
  Reading: [
    { name: 'meter', type: 'bytes32' },
    { name: 'number', type: 'uint32' },
    { name: 'periodStart', type: 'uint64' },
    { name: 'producedMwh', type: 'uint64' },
    { name: 'consumedMwh', type: 'uint64' },
  ],
} as const;

/** A reading with its meter's signature. */
export interface SignedMeterReading extends MeterReading {
  /** 65 bytes (r, s, v), or 64 bytes (r, vs). */
  readonly signature: Hex;
}

export interface SignReadingParameters extends RegistryPlace {
  readonly reading: MeterReading;
}

/**
 * What a meter's device signs: a reading, for one registry on one chain (EIP-712). For `hashTypedData`, `verifyTypedData` and
 * signers of other kinds.
 */
export function readingTypedData({ reading, ...place }: SignReadingParameters) {
  const { meter, number, periodStart, producedMwh, consumedMwh } = reading;
  return {
    domain: registryDomain(place),
    types: READING_TYPES,
    primaryType: 'Reading',
    message: { meter, number: Number(number), periodStart, producedMwh, consumedMwh },
  } as const;
}

/**
 * A reading signed with the meter's key, for a gateway to bring (`reportSignedReadings`). Nothing is sent.
 * @example
 * const signed = await signReading(privateKeyToAccount(deviceKey), { registryAddress, chainId, reading });
 */
export async function signReading(device: Signer, parameters: SignReadingParameters): Promise<SignedMeterReading> {
  return { ...parameters.reading, signature: await device.signTypedData(readingTypedData(parameters)) };
}
