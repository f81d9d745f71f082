import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AttestPurchaseParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Who paid and gets the tokens. */
  readonly to: Address;
  /** Token units. */
  readonly tokens: bigint;
  /** 32 bytes that name the payment; each can be used once, by whichever operator. */
  readonly reference: Hex;
}

/**
 * Mints tokens for money that an operator received outside the chain. Operators only, within their limit; the coins that cover the tokens at
 * the redeem rate in force are taken from the operator's deposit.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await attestPurchase(client, { bankAddress, to: household, tokens: parseTokens('100'), reference: keccak256(toBytes('invoice 2018-17')) });
 */
export async function attestPurchase(client: SigningClient, parameters: AttestPurchaseParameters): Promise<Hash> {
  const { bankAddress, to, tokens, reference, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'attest', args: [to, tokens, reference] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}
