import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

/** Trades that one transaction settles at most, so that it fits a block of a new network, whatever its interval. */
export const MAX_TRADES_TO_SETTLE = 20;

export interface SettleTradesParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** From `listTrades`, at most {@link MAX_TRADES_TO_SETTLE}. */
  readonly tradeIds: readonly bigint[];
}

/**
 * Settles those of the trades that can be; the others stay as they are. Anyone may do it, in any order and any parts.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason, when none of them can be settled
 * @example
 * const { entries } = await listTrades(client, { tradeAddress, state: 'readyToSettle', limit: MAX_TRADES_TO_SETTLE });
 * const hash = await settleTrades(client, { tradeAddress, tradeIds: entries.map(({ tradeId }) => tradeId) });
 */
export async function settleTrades(client: SigningClient, parameters: SettleTradesParameters): Promise<Hash> {
  const { tradeAddress, tradeIds, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'settle', args: [tradeIds] });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
