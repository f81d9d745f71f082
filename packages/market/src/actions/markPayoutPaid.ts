import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface MarkPayoutPaidParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `payoutIdOf` or `getPayout`. */
  readonly payoutId: bigint;
  /** 32 bytes that name the payment. */
  readonly reference: Hex;
}

/**
 * Marks a payout as paid outside; the bank burns the tokens it held. Operators only. Mark first, let 12 blocks confirm it, then
 * release the payment: so a holder cannot cancel what is paid already.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await markPayoutPaid(client, { bankAddress, payoutId: 1n, reference: keccak256(toBytes('transfer 4711')) });
 */
export async function markPayoutPaid(client: SigningClient, parameters: MarkPayoutPaidParameters): Promise<Hash> {
  const { bankAddress, payoutId, reference, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'markPaid', args: [payoutId, reference] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
