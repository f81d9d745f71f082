import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface BuyTokensParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Coins to pay, in wei. */
  readonly valueWei: bigint;
  /** Token units; with fewer nothing is bought. */
  readonly leastTokens: bigint;
  /** Last block time in seconds. */
  readonly until: bigint;
}

/**
 * Buys Energy Tokens from the bank for coins, at the rate in force when the transaction is included:
 * `floor(valueWei · 10^18 / rate)` token units. With fewer than `leastTokens`, or later than `until`, nothing is bought and the coins
 * stay with their owner; {@link limitBuying} finds both.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { leastTokens, until } = await limitBuying(client, { bankAddress, valueWei });
 * const hash = await buyTokens(client, { bankAddress, valueWei, leastTokens, until });
 */
export async function buyTokens(client: SigningClient, parameters: BuyTokensParameters): Promise<Hash> {
  const { bankAddress, valueWei, leastTokens, until, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'buy', args: [leastTokens, until] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data, value: valueWei }, options);
}
