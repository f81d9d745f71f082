import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTokenAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface TransferTokensParameters extends TransactionOptions {
  /** The Energy Token. */
  readonly tokenAddress: Address;
  /** Who gets them. */
  readonly to: Address;
  /** Token units. */
  readonly tokens: bigint;
}

/**
 * Sends tokens to someone.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await transferTokens(client, { tokenAddress, to: neighbour, tokens: parseTokens('2.5') });
 */
export async function transferTokens(client: SigningClient, parameters: TransferTokensParameters): Promise<Hash> {
  const { tokenAddress, to, tokens, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTokenAbi, functionName: 'transfer', args: [to, tokens] });
  return sendCall(client, { address: tokenAddress, abi: energyTokenAbi, data }, options);
}
