import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import type { MeterSource } from './registerMeter.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AnnounceSourceParameters extends MeterSource, TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
}

/**
 * Announces another source and rating of a meter, which come into force after the council's notice by `applySource`. A second
 * registrar who announces the same confirms it: then the household cannot stop it. Registrars only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await announceSource(client, { registryAddress, meter, source, isDevice: true, ratingMwh: 11_000_000n });
 */
export async function announceSource(client: SigningClient, parameters: AnnounceSourceParameters): Promise<Hash> {
  const { registryAddress, meter, source, isDevice, ratingMwh, ...options } = parameters;
  const data = encodeFunctionData({
    abi: meterRegistryAbi,
    functionName: 'announceSource',
    args: [meter, source, isDevice, ratingMwh],
  });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
