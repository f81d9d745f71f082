import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import type { MeterSource } from './registerMeter.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ApplySourceParameters extends MeterSource, TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
}

/**
 * Brings an announced source into force, between once and twice the council's notice after its announcement. Anyone.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await applySource(client, { registryAddress, meter, source, isDevice: true, ratingMwh: 11_000_000n });
 */
export async function applySource(client: SigningClient, parameters: ApplySourceParameters): Promise<Hash> {
  const { registryAddress, meter, source, isDevice, ratingMwh, ...options } = parameters;
  const data = encodeFunctionData({
    abi: meterRegistryAbi,
    functionName: 'applySource',
    args: [meter, source, isDevice, ratingMwh],
  });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
