import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface CancelStandingOrderParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `standingOrderIdOf` or `listStandingOrders`, like the next two. */
  readonly orderId: bigint;
  /** Token units each time. */
  readonly tokens: bigint;
  readonly destination: Hex;
}

/**
 * Ends a standing order; payouts that it led to already stay. Its holder only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await cancelStandingOrder(client, { bankAddress, orderId: 1n, tokens, destination });
 */
export async function cancelStandingOrder(
  client: SigningClient,
  parameters: CancelStandingOrderParameters,
): Promise<Hash> {
  const { bankAddress, orderId, tokens, destination, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'cancelStandingOrder',
    args: [orderId, tokens, destination],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
