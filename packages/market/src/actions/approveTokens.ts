import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTokenAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ApproveTokensParameters extends TransactionOptions {
  /** The Energy Token. */
  readonly tokenAddress: Address;
  /** Who may take them. */
  readonly spender: Address;
  /** Token units. */
  readonly tokens: bigint;
}

/**
 * Allows a contract to take tokens of the caller: the trade contract for escrows, the bank for payouts. Replaces what was allowed
 * before; 2^256 − 1 is never used up.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await approveTokens(client, { tokenAddress, spender: tradeAddress, tokens: parseTokens('100') });
 */
export async function approveTokens(client: SigningClient, parameters: ApproveTokensParameters): Promise<Hash> {
  const { tokenAddress, spender, tokens, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTokenAbi, functionName: 'approve', args: [spender, tokens] });
  return sendCall(client, { address: tokenAddress, abi: energyTokenAbi, data }, options);
}
