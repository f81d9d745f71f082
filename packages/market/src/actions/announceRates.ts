import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AnnounceRatesParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Wei for a token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for a token, paid by the bank; at most `buyRateWei`, and at most the buy rate in force. */
  readonly redeemRateWei: bigint;
}

/**
 * Announces rates. Operators only; one announcement at a time. Another operator confirms them, and after the council's notice anyone can bring them
 * into force; after twice the notice they lapse.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await announceRates(client, { bankAddress, buyRateWei: 2_100_000n, redeemRateWei: 2_000_000n });
 */
export async function announceRates(client: SigningClient, parameters: AnnounceRatesParameters): Promise<Hash> {
  const { bankAddress, buyRateWei, redeemRateWei, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'announceRates', args: [buyRateWei, redeemRateWei] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
