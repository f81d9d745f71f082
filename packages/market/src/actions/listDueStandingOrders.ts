import type { Address } from '@wattchain/core';
import { getBlock } from 'viem/actions';
import { readPages } from './listPage.js';
import { listStandingOrders } from './listStandingOrders.js';
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
  const { timestamp } = await getBlock(client);
  const orders = await readPages((bounds) => listStandingOrders(client, { bankAddress, ...bounds }));
  return orders.filter(({ nextDue }) => nextDue <= timestamp).map(({ orderId }) => orderId);
}
