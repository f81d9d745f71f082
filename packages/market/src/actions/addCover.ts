import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AddCoverParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Coins to give, in wei. */
  readonly valueWei: bigint;
}

/**
 * Gives coins to the bank's reserve, for which nobody gets tokens: for a redeem rate that the reserve does not cover yet. Anyone may.
 * Once the new rates are confirmed they stay until the rates are in force; before that any operator can share them out as surplus.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await addCover(client, { bankAddress, valueWei: 10n ** 18n });
 */
export async function addCover(client: SigningClient, parameters: AddCoverParameters): Promise<Hash> {
  const { bankAddress, valueWei, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'addCover' });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data, value: valueWei }, options);
}
