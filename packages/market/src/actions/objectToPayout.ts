import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ObjectToPayoutParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `getPayout`, like the next three. */
  readonly payoutId: bigint;
  readonly holder: Address;
  /** Token units. */
  readonly tokens: bigint;
  /** What names the payment that did not come. */
  readonly reference: Hex;
}

/**
 * Says that a payment did not come although it is marked as paid. By the payout's holder, or another operator than the payer, before
 * `closesAt` of `getPayout`. Another operator decides then ({@link decidePayout}).
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { holder, tokens, reference } = await getPayout(client, { bankAddress, payoutId: 1n });
 * const hash = await objectToPayout(client, { bankAddress, payoutId: 1n, holder, tokens, reference });
 */
export async function objectToPayout(client: SigningClient, parameters: ObjectToPayoutParameters): Promise<Hash> {
  const { bankAddress, payoutId, holder, tokens, reference, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'objectToPayout',
    args: [payoutId, holder, tokens, reference],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
