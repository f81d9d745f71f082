import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface BuyTokensParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Coins to pay, in wei. */
  readonly valueWei: bigint;
}

/**
 * Buys Energy Tokens from the bank for coins, at the rate posted when the transaction is included:
 * `floor(valueWei · 10^18 / rate)` token units.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await buyTokens(client, { bankAddress, valueWei: 10n ** 16n });
 */
export async function buyTokens(client: SigningClient, parameters: BuyTokensParameters): Promise<Hash> {
  const { bankAddress, valueWei, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'buy' });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data, value: valueWei }, options);
}
