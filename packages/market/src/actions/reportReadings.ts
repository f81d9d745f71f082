import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { meterRegistryAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

/** What a meter measured in one period. */
export interface MeterReading {
  /** 32 bytes, as registered. */
  readonly meter: Hex;
  /** One more than the meter's last; from 1 (`getMeter`). */
  readonly number: bigint;
  /** Market time in seconds, a multiple of the registry's resolution, not before the end of the meter's last period. */
  readonly periodStart: bigint;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

export interface ReportReadingsParameters extends TransactionOptions {
  /** The registry of meters. */
  readonly registryAddress: Address;
  /** In the order of their numbers for each meter. */
  readonly readings: readonly MeterReading[];
}

/**
 * Reports readings of one or many meters in one transaction. The caller is the reporter of all of them, which have no device
 * key; one wrong reading refuses the whole batch. A reading costs some tens of thousands of gas.
 *
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason and the meter concerned
 * @example
 * const { lastNumber } = await getMeter(client, { registryAddress, meter });
 * const hash = await reportReadings(client, {
 *   registryAddress,
 *   readings: [{ meter, number: lastNumber + 1n, periodStart, producedMwh: 1_900_000n, consumedMwh: 828_388n }],
 * });
 */
export async function reportReadings(client: SigningClient, parameters: ReportReadingsParameters): Promise<Hash> {
  const { registryAddress, readings, ...options } = parameters;
  const data = encodeFunctionData({
    abi: meterRegistryAbi,
    functionName: 'report',
    args: [readings.map((reading) => ({ ...reading, number: Number(reading.number) }))],
  });
  return sendCall(client, { address: registryAddress, abi: meterRegistryAbi, data }, options);
}
