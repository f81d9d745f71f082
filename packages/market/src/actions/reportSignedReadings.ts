import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import { compactSignature } from './registrySignatures.js';
import type { SignedMeterReading } from './signReading.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ReportSignedReadingsParameters extends TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
  /** In the order of their numbers for each meter; a hundred fit one transaction. */
  readonly readings: readonly SignedMeterReading[];
}

/**
 * Brings readings that meters have signed with their own keys, in one transaction. Anyone, usually a gateway: what it could
 * change no longer fits the signature. One wrong reading refuses the whole batch; one whose number was brought already is passed
 * over.
 *
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason and the meter concerned; `badMeterSignature`
 * @example
 * const signed = await signReading(device, { registryAddress, chainId, reading });
 * const hash = await reportSignedReadings(gateway, { registryAddress, readings: [signed] });
 */
export async function reportSignedReadings(
  client: SigningClient,
  parameters: ReportSignedReadingsParameters,
): Promise<Hash> {
  const { registryAddress, readings, ...options } = parameters;
  const batch = readings.map(({ signature, ...reading }) => ({
    reading: { ...reading, number: Number(reading.number) },
    signature: compactSignature(signature),
  }));
  const data = encodeFunctionData({ abi: meterRegistryAbi, functionName: 'reportSigned', args: [batch] });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
