import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import type { MeterSource } from './registerMeter.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface StopSourceParameters extends MeterSource, TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
}

/**
 * Stops an announced source. The meter's household while no second registrar has confirmed it, or a registrar.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await stopSource(client, { registryAddress, meter, source, isDevice: true, ratingMwh: 11_000_000n });
 */
export async function stopSource(client: SigningClient, parameters: StopSourceParameters): Promise<Hash> {
  const { registryAddress, meter, source, isDevice, ratingMwh, ...options } = parameters;
  const data = encodeFunctionData({
    abi: meterRegistryAbi,
    functionName: 'stopSource',
    args: [meter, source, isDevice, ratingMwh],
  });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
