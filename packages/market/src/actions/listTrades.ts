import type { Address } from '@wattchain/core';
import { isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import type { TradeState } from '../contracts/states.js';
import { getTrade, type Trade } from './getTrade.js';
import { type ListBounds, listById } from './listById.js';
import type { ReadingClient } from './transaction.js';

export interface ListTradesParameters extends ListBounds {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly seller?: Address;
  readonly buyer?: Address;
  /** Only trades in this state; default all. */
  readonly state?: TradeState;
}

/**
 * Trades, in order of acceptance, with where they stand now.
 * @example
 * const mine = await listTrades(client, { tradeAddress, buyer: account.address, state: 'refundable' });
 */
export async function listTrades(client: ReadingClient, parameters: ListTradesParameters): Promise<Trade[]> {
  const { tradeAddress, seller, buyer, state, ...bounds } = parameters;
  const count = await readContract(client, { address: tradeAddress, abi: energyTradeAbi, functionName: 'tradeCount' });
  return listById({
    ...bounds,
    count,
    requestsEach: 2,
    read: (tradeId) => getTrade(client, { tradeAddress, tradeId }),
    accepts: (trade) =>
      (seller === undefined || isAddressEqual(trade.seller, seller)) &&
      (buyer === undefined || isAddressEqual(trade.buyer, buyer)) &&
      (state === undefined || trade.state === state),
  });
}
