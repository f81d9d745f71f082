import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface CancelStandingOrderParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `standingOrderIdOf`. */
  readonly orderId: bigint;
}

/**
 * Ends a standing order; payouts it has made already stay. Its holder only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await cancelStandingOrder(client, { bankAddress, orderId: 1n });
 */
export async function cancelStandingOrder(
  client: SigningClient,
  parameters: CancelStandingOrderParameters,
): Promise<Hash> {
  const { bankAddress, orderId, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'cancelStandingOrder', args: [orderId] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
