import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface DepositParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Coins to add, in wei. */
  readonly valueWei: bigint;
}

/**
 * Adds coins to the deposit of the operator's seat, which what it attests is covered from. Operators only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await deposit(client, { bankAddress, valueWei: 10n ** 18n });
 */
export async function deposit(client: SigningClient, parameters: DepositParameters): Promise<Hash> {
  const { bankAddress, valueWei, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'deposit' });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data, value: valueWei }, options);
}
