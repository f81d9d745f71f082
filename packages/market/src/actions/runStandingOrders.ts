import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RunStandingOrdersParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `listDueStandingOrders`. */
  readonly orderIds: readonly bigint[];
}

/**
 * Pays the standing orders of the list that are due: one payout each. Operators only. Orders that are not due, cancelled, or not
 * covered by their holder's tokens and allowance are passed over; the last are named in events `StandingOrderUncovered`.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const orderIds = await listDueStandingOrders(client, { bankAddress });
 * if (orderIds.length > 0) await runStandingOrders(client, { bankAddress, orderIds });
 */
export async function runStandingOrders(client: SigningClient, parameters: RunStandingOrdersParameters): Promise<Hash> {
  const { bankAddress, orderIds, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'runStandingOrders', args: [orderIds] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
