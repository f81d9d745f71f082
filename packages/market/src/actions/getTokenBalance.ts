import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { energyTokenAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

export interface GetTokenBalanceParameters {
  /** The Energy Token. */
  readonly tokenAddress: Address;
  readonly owner: Address;
}

/**
 * Tokens that an address holds, in token units.
 * @example
 * console.log(formatTokens(await getTokenBalance(client, { tokenAddress, owner })));
 */
export async function getTokenBalance(client: ReadingClient, parameters: GetTokenBalanceParameters): Promise<bigint> {
  const { tokenAddress, owner } = parameters;
  return readContract(client, { address: tokenAddress, abi: energyTokenAbi, functionName: 'balanceOf', args: [owner] });
}
