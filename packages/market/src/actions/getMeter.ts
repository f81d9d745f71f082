import { type Address, WattchainError, ZERO_ADDRESS } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { meterRegistryAbi } from '../contracts/generated.js';
import type { MeterSource } from './registerMeter.js';
import type { ReadingClient } from './transaction.js';

/** A registered meter. */
export interface Meter extends MeterSource {
  readonly household: Address;
  /** Number of the last reading, 0 before the first. */
  readonly lastNumber: bigint;
  /** Where the last reading ends, market time in seconds; before the first, where its readings may begin. */
  readonly readUntil: bigint;
}

export interface GetMeterParameters {
  /** The registry of meters. */
  readonly registryAddress: Address;
  readonly meter: Hex;
}

/**
 * Who a meter belongs to, where its readings come from, and how far it was read.
 * @throws WattchainError `unknownMeter`
 * @example
 * const { lastNumber } = await getMeter(client, { registryAddress, meter });
 */
export async function getMeter(client: ReadingClient, { registryAddress, meter }: GetMeterParameters): Promise<Meter> {
  const { household, rating, isDevice, feed } = await readContract(client, {
    address: registryAddress,
    abi: meterRegistryAbi,
    functionName: 'meters',
    args: [meter],
  });
  if (household === ZERO_ADDRESS) {
    throw new WattchainError('unknownMeter', `meter ${meter} is not registered`, {
      values: { meter },
      hint: 'a registrar must register it first',
    });
  }
  const { source, lastNumber, readUntil } = feed;
  return { meter, household, source, isDevice, ratingMwh: rating, lastNumber: BigInt(lastNumber), readUntil };
}
