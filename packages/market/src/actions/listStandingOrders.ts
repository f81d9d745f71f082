import type { Address } from '@wattchain/core';
import { type Hex, isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import { listPage, type Page, type PageBounds } from './listPage.js';
import type { ReadingClient } from './transaction.js';

/** A payout outside that repeats. */
export interface StandingOrder {
  readonly orderId: bigint;
  readonly holder: Address;
  /** Token units each time. */
  readonly tokens: bigint;
  /** 32 bytes that tell the operator where to pay. */
  readonly destination: Hex;
  /** Seconds between two payouts, in block time. */
  readonly intervalSeconds: bigint;
  /** Block time in seconds; 0 once it is cancelled. */
  readonly nextDue: bigint;
}

export interface ListStandingOrdersParameters extends PageBounds {
  /** The bank. */
  readonly bankAddress: Address;
  readonly holder?: Address;
}

/**
 * A page of the standing orders that are not cancelled, newest first.
 * @throws WattchainError `badLimit`
 * @example
 * const { entries: mine } = await listStandingOrders(client, { bankAddress, holder: account.address });
 */
export async function listStandingOrders(
  client: ReadingClient,
  parameters: ListStandingOrdersParameters,
): Promise<Page<StandingOrder>> {
  const { bankAddress, holder, ...bounds } = parameters;
  const bank = { address: bankAddress, abi: bankAbi } as const;
  return listPage({
    ...bounds,
    count: await readContract(client, { ...bank, functionName: 'standingOrderCount' }),
    requestsEach: 1,
    read: async (orderId): Promise<StandingOrder> => {
      const order = await readContract(client, { ...bank, functionName: 'standingOrders', args: [orderId] });
      const [orderHolder, tokens, destination, intervalSeconds, nextDue] = order;
      return { orderId, holder: orderHolder, tokens, destination, intervalSeconds, nextDue };
    },
    // One that a reorganisation took back since it was counted is all zeros, like nextDue of one that is cancelled.
    accepts: (order) => order.nextDue > 0n && (holder === undefined || isAddressEqual(order.holder, holder)),
  });
}
