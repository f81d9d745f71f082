import type { Address } from '@wattchain/core';
import { encodeFunctionData, type Hash, type Hex } from 'viem';
import { energyTradeAbi } from '../contracts/generated.js';
import { type SigningClient, sendCall, type TransactionOptions } from './transaction.js';

export interface SettlePeriodParameters extends TransactionOptions {
  /** The trade contract. */
  readonly tradeAddress: Address;
  /** 32 bytes, as registered. */
  readonly meter: Hex;
  /** Meter time in seconds. */
  readonly periodStart: bigint;
  /** Length of the period. */
  readonly periodSeconds: bigint;
  /** Bound of the work, so that a transaction fits a block; 50 is a good one. */
  readonly maxTrades: bigint;
}

/**
 * Settles the trades of a period that has been read, in order of acceptance. Anyone may do it; one call does at most `maxTrades`,
 * the next goes on where it stopped.
 * @returns hash of the transaction; wait for it with `waitForTransactionReceipt` and count it as done at 12 confirmations
 * @throws WattchainError `refused` with the contract's reason
 * @example
 * const hash = await settlePeriod(client, { tradeAddress, meter, periodStart: paperPeriodStart(8), periodSeconds: 3600n, maxTrades: 50n });
 */
export async function settlePeriod(client: SigningClient, parameters: SettlePeriodParameters): Promise<Hash> {
  const { tradeAddress, meter, periodStart, periodSeconds, maxTrades, ...options } = parameters;
  const data = encodeFunctionData({
    abi: energyTradeAbi,
    functionName: 'settle',
    args: [meter, periodStart, periodSeconds, maxTrades],
  });
  return sendCall(client, { address: tradeAddress, abi: energyTradeAbi, data }, options);
}
