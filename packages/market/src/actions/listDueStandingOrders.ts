import type { Address } from '@wattchain/core';
import { getBlock, readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

export interface ListDueStandingOrdersParameters {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * Ids of the standing orders that are due by the newest block's time, for `runStandingOrders`. Whether the holder's tokens cover
 * them is not looked at.
 * @example
 * const orderIds = await listDueStandingOrders(client, { bankAddress });
 */
export async function listDueStandingOrders(
  client: ReadingClient,
  { bankAddress }: ListDueStandingOrdersParameters,
): Promise<bigint[]> {
  const bank = { address: bankAddress, abi: bankAbi } as const;
  const [{ timestamp }, count] = await Promise.all([
    getBlock(client),
    readContract(client, { ...bank, functionName: 'standingOrderCount' }),
  ]);
  const orderIds = Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1));
  const orders = await Promise.all(
    orderIds.map((id) => readContract(client, { ...bank, functionName: 'standingOrders', args: [id] })),
  );
  return orderIds.filter((_, i) => {
    const nextDue = orders[i]?.[4] ?? 0n;
    return nextDue > 0n && nextDue <= timestamp;
  });
}
