import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RetractRatesParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Wei for a token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for a token, paid by the bank. */
  readonly redeemRateWei: bigint;
  /** Block time in seconds, from `getRates`. */
  readonly announcedAt: bigint;
}

/**
 * Takes announced rates back, whoever announced them. Operators only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { pending } = await getRates(client, { bankAddress });
 * if (pending !== undefined) await retractRates(client, { bankAddress, ...pending });
 */
export async function retractRates(client: SigningClient, parameters: RetractRatesParameters): Promise<Hash> {
  const { bankAddress, buyRateWei, redeemRateWei, announcedAt, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'retractRates',
    args: [buyRateWei, redeemRateWei, announcedAt],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
