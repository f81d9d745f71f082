import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface MarkPayoutPaidParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** From `payoutIdOf` or `getPayout`, like the next three. */
  readonly payoutId: bigint;
  readonly holder: Address;
  /** Token units. */
  readonly tokens: bigint;
  readonly destination: Hex;
  /** 32 bytes that name the payment. */
  readonly reference: Hex;
}

/**
 * Marks a payout as paid outside. Operators only. From now on its holder, or another operator, can object for the time of the council's
 * notice; then `closePayout` ends it, and what covered the tokens goes to the deposit of who marked it. Mark first, let 12 blocks confirm it, then
 * release the payment: so a holder cannot cancel what is paid already. It names the payout that is meant: after a reorganisation the id may be
 * another's.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { holder, tokens, destination } = await getPayout(client, { bankAddress, payoutId: 1n });
 * const hash = await markPayoutPaid(client, { bankAddress, payoutId: 1n, holder, tokens, destination, reference: keccak256(toBytes('transfer 4711')) });
 */
export async function markPayoutPaid(client: SigningClient, parameters: MarkPayoutPaidParameters): Promise<Hash> {
  const { bankAddress, payoutId, holder, tokens, destination, reference, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'markPaid',
    args: [payoutId, holder, tokens, destination, reference],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
