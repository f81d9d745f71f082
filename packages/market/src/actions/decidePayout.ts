import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface DecidePayoutParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `getPayout`, like the next three. */
  readonly payoutId: bigint;
  readonly holder: Address;
  /** Token units. */
  readonly tokens: bigint;
  /** What names the payment in dispute. */
  readonly reference: Hex;
  readonly wasPaid: boolean;
}

/**
 * Decides a disputed payout: an operator or the holder, who has neither paid nor objected, either way; who marked it as paid may say that it was
 * not, who objected that it was. What was paid is done with; what was not is pending again.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { holder, tokens, reference } = await getPayout(client, { bankAddress, payoutId: 1n });
 * const hash = await decidePayout(client, { bankAddress, payoutId: 1n, holder, tokens, reference, wasPaid: false });
 */
export async function decidePayout(client: SigningClient, parameters: DecidePayoutParameters): Promise<Hash> {
  const { bankAddress, payoutId, holder, tokens, reference, wasPaid, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'decidePayout',
    args: [payoutId, holder, tokens, reference, wasPaid],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
