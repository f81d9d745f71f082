import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RedeemForCoinsParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Token units. */
  readonly tokens: bigint;
  /** Wei; for less nothing is redeemed. */
  readonly leastCoinsWei: bigint;
  /** Last block time in seconds. */
  readonly until: bigint;
}

/**
 * Gives tokens back to the bank for coins, at the redeem rate in force when the transaction is included. For less than `leastCoinsWei`, or
 * later than `until`, nothing is redeemed; {@link limitRedeeming} finds both.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { leastCoinsWei, until } = await limitRedeeming(client, { bankAddress, tokens });
 * const hash = await redeemForCoins(client, { bankAddress, tokens, leastCoinsWei, until });
 */
export async function redeemForCoins(client: SigningClient, parameters: RedeemForCoinsParameters): Promise<Hash> {
  const { bankAddress, tokens, leastCoinsWei, until, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'redeem', args: [tokens, leastCoinsWei, until] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
