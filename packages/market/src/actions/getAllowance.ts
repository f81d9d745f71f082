import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { energyTokenAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

export interface GetAllowanceParameters {
  /** The Energy Token. */
  readonly tokenAddress: Address;
  readonly owner: Address;
  /** Who may take them: the trade contract for escrows, the bank for payouts. */
  readonly spender: Address;
}

/**
 * Tokens of `owner` that `spender` may take, in token units; 2^256 − 1 is never used up.
 * @example
 * if ((await getAllowance(client, { tokenAddress, owner, spender: tradeAddress })) < escrow) await approveTokens(…);
 */
export async function getAllowance(client: ReadingClient, parameters: GetAllowanceParameters): Promise<bigint> {
  const { tokenAddress, owner, spender } = parameters;
  return readContract(client, {
    address: tokenAddress,
    abi: energyTokenAbi,
    functionName: 'allowance',
    args: [owner, spender],
  });
}
