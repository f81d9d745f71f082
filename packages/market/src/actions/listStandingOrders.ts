import type { Address } from '@wattchain/core';
import { type Hex, isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import { STANDING_ORDER_STATES, type StandingOrderState } from '../contracts/states.js';
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

/** All that are not cancelled. */
const STANDING = bitsOf('waiting', 'due');

export interface ListStandingOrdersParameters extends PageBounds {
  /** The bank. */
  readonly bankAddress: Address;
  readonly holder?: Address;
}

/**
 * A page of the standing orders that are not cancelled, newest first. The contract says which these are, so that the others are not read.
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
    marks: (first) => readContract(client, { ...bank, functionName: 'standingOrdersIn', args: [STANDING, first] }),
    read: async (orderId): Promise<StandingOrder> => {
      const order = await readContract(client, { ...bank, functionName: 'standingOrders', args: [orderId] });
      const [orderHolder, tokens, destination, intervalSeconds, nextDue] = order;
      return { orderId, holder: orderHolder, tokens, destination, intervalSeconds, nextDue };
    },
    // One that a reorganisation took back, or that was cancelled, since it was marked has no date.
    accepts: (order) => order.nextDue > 0n && (holder === undefined || isAddressEqual(order.holder, holder)),
  });
}

/** The word that stands for some states. */
export function bitsOf(...states: readonly StandingOrderState[]): bigint {
  return states.reduce((bits, state) => bits | (1n << BigInt(STANDING_ORDER_STATES.indexOf(state))), 0n);
}
