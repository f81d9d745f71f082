import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface AnnounceGridPriceParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** Token units for 150 Wh. */
  readonly price: bigint;
}

/** Names an announced price: both as `getGridPrice` says. */
export interface ChangeGridPriceParameters extends AnnounceGridPriceParameters {
  /** Block time in seconds. */
  readonly announcedAt: bigint;
}

/**
 * Announces what the grid will take. A member of the council; another one must confirm it.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await announceGridPrice(client, { tradeAddress, price: parseTokens('2.5') });
 */
export async function announceGridPrice(client: SigningClient, parameters: AnnounceGridPriceParameters): Promise<Hash> {
  const { tradeAddress, price, ...options } = parameters;
  const data = encodeFunctionData({ abi: energyTradeAbi, functionName: 'announceGridPrice', args: [price] });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}

/**
 * Agrees to an announced grid price. Another member of the council than who has announced it.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await confirmGridPrice(client, { tradeAddress, price, announcedAt });
 */
export const confirmGridPrice = changing('confirmGridPrice');

/**
 * Puts a confirmed grid price in force once the council's notice is over. Anyone may do it.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await applyGridPrice(client, { tradeAddress, price, announcedAt });
 */
export const applyGridPrice = changing('applyGridPrice');

/**
 * Stops an announced grid price; the one in force stays. A member of the council.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await retractGridPrice(client, { tradeAddress, price, announcedAt });
 */
export const retractGridPrice = changing('retractGridPrice');

function changing(functionName: 'confirmGridPrice' | 'applyGridPrice' | 'retractGridPrice') {
  return async (client: SigningClient, parameters: ChangeGridPriceParameters): Promise<Hash> => {
    const { tradeAddress, price, announcedAt, ...options } = parameters;
    const data = encodeFunctionData({ abi: energyTradeAbi, functionName, args: [price, announcedAt] });
    return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
  };
}
