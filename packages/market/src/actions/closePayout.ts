import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ClosePayoutParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `getPayout`. */
  readonly payoutId: bigint;
}

/**
 * Ends a payout that is marked as paid, once the time to object is over (`closesAt` of `getPayout`): its tokens vanish, and what covered them goes
 * to the payer's deposit. Anyone may.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await closePayout(client, { bankAddress, payoutId: 1n });
 */
export async function closePayout(client: SigningClient, parameters: ClosePayoutParameters): Promise<Hash> {
  const { bankAddress, payoutId, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'closePayout', args: [payoutId] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
