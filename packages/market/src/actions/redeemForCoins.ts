import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RedeemForCoinsParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Token units. */
  readonly tokens: bigint;
}

/**
 * Gives tokens back to the bank for coins of its reserve, at the posted redeem rate.
 * A reserve that is too small refuses with its figure.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await redeemForCoins(client, { bankAddress, tokens: parseTokens('5') });
 */
export async function redeemForCoins(client: SigningClient, parameters: RedeemForCoinsParameters): Promise<Hash> {
  const { bankAddress, tokens, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'redeem', args: [tokens] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
