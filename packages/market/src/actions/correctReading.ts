import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import { compactSignature } from './registrySignatures.js';
import type { MeterCorrection } from './signCorrection.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface CorrectReadingParameters extends TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
  readonly correction: MeterCorrection;
  /** By the meter's source (`signCorrection`). */
  readonly sourceSignature: Hex;
  /** By a registrar, with another key. */
  readonly registrarSignature: Hex;
}

/**
 * Corrects a reading that is not final, or brings the reading of a period that was skipped. Anyone who has both signatures.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason; `badMeterSignature`
 * @example
 * const { corrections, producedMwh, consumedMwh } = await getReading(client, { registryAddress, meter, periodStart });
 * const correction = {
 *   meter, periodStart, correction: corrections, oldProducedMwh: producedMwh, oldConsumedMwh: consumedMwh,
 *   newProducedMwh: 900_000n, newConsumedMwh: consumedMwh,
 * };
 * const sourceSignature = await signCorrection(device, { registryAddress, chainId, correction });
 * const registrarSignature = await signCorrection(registrar, { registryAddress, chainId, correction });
 * const hash = await correctReading(client, { registryAddress, correction, sourceSignature, registrarSignature });
 */
export async function correctReading(client: SigningClient, parameters: CorrectReadingParameters): Promise<Hash> {
  const { registryAddress, correction, sourceSignature, registrarSignature, ...options } = parameters;
  const data = encodeFunctionData({
    abi: meterRegistryAbi,
    functionName: 'correct',
    args: [
      { ...correction, correction: Number(correction.correction) },
      compactSignature(sourceSignature),
      compactSignature(registrarSignature),
    ],
  });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
