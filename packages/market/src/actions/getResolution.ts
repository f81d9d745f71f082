import type { Address } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** Lengths that meters are read by: from a quarter of an hour to a day, seconds. */
const LENGTHS = [900n, 1_800n, 3_600n, 86_400n] as const;

export interface GetResolutionParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly meter: Hex;
  /** Number of the meter's last reading, and where it ends: {@link getMeter}. */
  readonly lastNumber: bigint;
  readonly readUntil: bigint;
}

/**
 * Length of the period of a meter's last reading, in seconds; `undefined` when it was never read, or by an unusual length.
 * @example
 * const seconds = await getResolution(client, { tradeAddress, ...(await getMeter(client, { tradeAddress, meter })) });
 */
export async function getResolution(
  client: ReadingClient,
  { tradeAddress, meter, lastNumber, readUntil }: GetResolutionParameters,
): Promise<bigint | undefined> {
  if (lastNumber === 0n) return undefined;
  const possible = LENGTHS.filter((length) => length <= readUntil);
  const numbers = await Promise.all(
    possible.map(async (length) => {
      const [number] = await readContract(client, {
        address: tradeAddress,
        abi: energyTradeAbi,
        functionName: 'readings',
        args: [meter, readUntil - length, length],
      });
      return number;
    }),
  );
  return possible.find((_, index) => numbers[index] === lastNumber);
}
