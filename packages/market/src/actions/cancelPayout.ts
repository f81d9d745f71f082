import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface CancelPayoutParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `payoutIdOf` or `getPayout`, like the next two. */
  readonly payoutId: bigint;
  /** Token units. */
  readonly tokens: bigint;
  readonly destination: Hex;
}

/**
 * Takes a payout back that is not marked as paid; the tokens return to their holder. Its holder only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { tokens, destination } = await getPayout(client, { bankAddress, payoutId: 1n });
 * const hash = await cancelPayout(client, { bankAddress, payoutId: 1n, tokens, destination });
 */
export async function cancelPayout(client: SigningClient, parameters: CancelPayoutParameters): Promise<Hash> {
  const { bankAddress, payoutId, tokens, destination, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'cancelPayout',
    args: [payoutId, tokens, destination],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
