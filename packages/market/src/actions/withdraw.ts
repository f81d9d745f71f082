import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface WithdrawParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Coins to take, in wei; the caller gets them. */
  readonly amountWei: bigint;
}

/**
 * Takes coins out of the deposit of the operator's seat (`depositWei` of `getOperators`). Operators only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await withdraw(client, { bankAddress, amountWei: 10n ** 18n });
 */
export async function withdraw(client: SigningClient, parameters: WithdrawParameters): Promise<Hash> {
  const { bankAddress, amountWei, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'withdraw', args: [amountWei] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
