import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex, parseEventLogs } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type ReceiptLogs, type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface RequestPayoutParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Token units. */
  readonly tokens: bigint;
  /** 32 bytes that tell the operator where to pay, for example the hash of an account number left with it. */
  readonly destination: Hex;
}

/**
 * Hands tokens to the bank for a payout outside the chain. The bank holds them until an operator marks the payout as paid
 * or the holder cancels it. The bank needs an allowance first (`approveTokens`).
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * await approveTokens(client, { tokenAddress, spender: bankAddress, tokens: parseTokens('20') });
 * const hash = await requestPayout(client, { bankAddress, tokens: parseTokens('20'), destination });
 * const payoutId = payoutIdOf(await waitForTransactionReceipt(client, { hash }));
 */
export async function requestPayout(client: SigningClient, parameters: RequestPayoutParameters): Promise<Hash> {
  const { bankAddress, tokens, destination, ...options } = parameters;
  const data = encodeFunctionData({ abi: bankAbi, functionName: 'redeemOutside', args: [tokens, destination] });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}

/** The payout that a receipt of `requestPayout` created; `undefined` when there is none. */
export function payoutIdOf(receipt: ReceiptLogs): bigint | undefined {
  return parseEventLogs({ abi: bankAbi, eventName: 'PayoutRequested', logs: [...receipt.logs] })[0]?.args.payoutId;
}
