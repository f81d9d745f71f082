import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ConfirmRatesParameters extends TransactionOptions {
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
 * Agrees to rates that another operator announced. Operators only.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const { pending } = await getRates(client, { bankAddress });
 * if (pending?.state === 'announced') await confirmRates(client, { bankAddress, ...pending });
 */
export async function confirmRates(client: SigningClient, parameters: ConfirmRatesParameters): Promise<Hash> {
  const { bankAddress, buyRateWei, redeemRateWei, announcedAt, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'confirmRates',
    args: [buyRateWei, redeemRateWei, announcedAt],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
