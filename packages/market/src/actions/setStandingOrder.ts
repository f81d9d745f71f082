import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex, parseEventLogs } from 'viem';
import { bankAbi } from '../contracts/generated.js';
import { type ReceiptLogs, type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface SetStandingOrderParameters extends TransactionOptions {
  /** The bank. */
  readonly bankAddress: Address;
  /** Token units each time. */
  readonly tokens: bigint;
  /** Seconds between two payouts, in block time. */
  readonly intervalSeconds: bigint;
  /** 32 bytes that tell the operator where to pay. */
  readonly destination: Hex;
}

/**
 * Leaves a standing order: whenever it is due, an operator's run turns tokens of the holder into a payout. The first time is one
 * interval from now. The bank needs an allowance that lasts (`approveTokens`).
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await setStandingOrder(client, { bankAddress, tokens: parseTokens('30'), intervalSeconds: 2_592_000n, destination });
 */
export async function setStandingOrder(client: SigningClient, parameters: SetStandingOrderParameters): Promise<Hash> {
  const { bankAddress, tokens, intervalSeconds, destination, ...options } = parameters;
  const data = encodeFunctionData({
    abi: bankAbi,
    functionName: 'setStandingOrder',
    args: [tokens, intervalSeconds, destination],
  });
  return sendCall(client, { address: bankAddress, abi: bankAbi, data }, options);
}

/** The standing order that a receipt of `setStandingOrder` created; `undefined` when there is none. */
export function standingOrderIdOf(receipt: ReceiptLogs): bigint | undefined {
  return parseEventLogs({ abi: bankAbi, eventName: 'StandingOrderSet', logs: [...receipt.logs] })[0]?.args.orderId;
}
