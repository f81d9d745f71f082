import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface SetRatesParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Wei for a token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for a token, paid by the bank. */
  readonly redeemRateWei: bigint;
}

/**
 * Posts new rates, which hold from the block that includes the transaction. Operators only; the redeem rate is at most the buy rate.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await setRates(client, { bankAddress, buyRateWei: 10n ** 18n, redeemRateWei: 95n * 10n ** 16n });
 */
export async function setRates(client: SigningClient, parameters: SetRatesParameters): Promise<Hash> {
  const { bankAddress, buyRateWei, redeemRateWei, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'setRates', args: [buyRateWei, redeemRateWei] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
