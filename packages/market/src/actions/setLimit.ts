import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface SetLimitParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Another operator. */
  readonly operator: Address;
  /** Token units. */
  readonly limit: bigint;
}

/**
 * Sets how much another operator may attest as paid outside, in all and what is attested already included. Operators only, none for
 * itself.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await setLimit(client, { bankAddress, operator, limit: parseTokens('10000') });
 */
export async function setLimit(client: SigningClient, parameters: SetLimitParameters): Promise<Hash> {
  const { bankAddress, operator, limit, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'setLimit', args: [operator, limit] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
