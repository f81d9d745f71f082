import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

/** Where a meter's readings come from, and the most that it can show. */
export interface MeterSource {
  /** 32 bytes, unique: for example the hash of the serial number. */
  readonly meter: Hex;
  /** Whose readings count: the meter's own key, or that of a reporter. */
  readonly source: Address;
  /** Whether the source is the meter's own key, which signs each reading; else a reporter sends them. */
  readonly isDevice: boolean;
  /** Most that the meter can show for a period, in mWh: what fits its fuse. */
  readonly ratingMwh: bigint;
}

export interface RegisterMeterParameters extends MeterSource, TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
  /** Who sells and uses the meter's energy; for good. */
  readonly household: Address;
}

/**
 * Registers a meter for a household and says where its readings come from. Registrars only, once for a meter.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const meter = keccak256(toBytes('SN 4711'));
 * const hash = await registerMeter(client, { registryAddress, meter, household, source, isDevice: true, ratingMwh: 11_000_000n });
 */
export async function registerMeter(client: SigningClient, parameters: RegisterMeterParameters): Promise<Hash> {
  const { registryAddress, meter, household, source, isDevice, ratingMwh, ...options } = parameters;
  const data = encodeFunctionData({
    abi: meterRegistryAbi,
    functionName: 'registerMeter',
    args: [meter, household, source, isDevice, ratingMwh],
  });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
