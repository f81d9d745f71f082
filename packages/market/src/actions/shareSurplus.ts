import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface ShareSurplusParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * Splits what the reserve has beyond the cover of all tokens (`coinSurplusWei` of `getBankFigures`) equally over the deposits of all seats. Operators
 * only. What confirmed rates will need stays in the reserve.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await shareSurplus(client, { bankAddress });
 */
export async function shareSurplus(client: SigningClient, parameters: ShareSurplusParameters): Promise<Hash> {
  const { bankAddress, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'shareSurplus' });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
