import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import { listIds } from './listPage.js';
import { bitsOf } from './listStandingOrders.js';
import type { ReadingClient } from './transaction.js';

export interface ListDueStandingOrdersParameters {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * Ids of the standing orders that are due by the newest block's time, for `runStandingOrders`: the contract's word on 256 orders at a time, of which none is
 * read. Whether the holder's tokens cover them is not looked at.
 * @example
 * const orderIds = await listDueStandingOrders(client, { bankAddress });
 */
export async function listDueStandingOrders(
  client: ReadingClient,
  { bankAddress }: ListDueStandingOrdersParameters,
): Promise<bigint[]> {
  const bank = { address: bankAddress, abi: bankAbi } as const;
  return listIds(await readContract(client, { ...bank, functionName: 'standingOrderCount' }), (first) =>
    readContract(client, { ...bank, functionName: 'standingOrdersIn', args: [bitsOf('due'), first] }),
  );
}
