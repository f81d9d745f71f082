import { type Address, WattchainError, ZERO_ADDRESS } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** A registered meter. */
export interface Meter {
  readonly meter: Hex;
  readonly household: Address;
  readonly reporter: Address;
  /** Number of the last reading, 0 before the first. */
  readonly lastNumber: bigint;
  /** Where the last reading ends, meter time in seconds. */
  readonly readUntil: bigint;
}

export interface GetMeterParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly meter: Hex;
}

/**
 * Who a meter belongs to, who reports for it, and how far it was read.
 * @throws WattchainError `unknownMeter`
 * @example
 * const { lastNumber } = await getMeter(client, { tradeAddress, meter });
 */
export async function getMeter(client: ReadingClient, { tradeAddress, meter }: GetMeterParameters): Promise<Meter> {
  const [household, reporter, lastNumber, readUntil] = await readContract(client, {
    address: tradeAddress,
    abi: energyTradeAbi,
    functionName: 'meters',
    args: [meter],
  });
  if (household === ZERO_ADDRESS) {
    throw new WattchainError('unknownMeter', `meter ${meter} is not registered`, {
      values: { meter },
      hint: 'a registrar must register it first',
    });
  }
  return { meter, household, reporter, lastNumber, readUntil };
}
