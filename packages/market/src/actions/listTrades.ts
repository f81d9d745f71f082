import type { Address } from '@wattchain/core';
import { isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { TRADE_STATES, type TradeState } from '../contracts/states.js';
import { getTrade, type Trade } from './getTrade.js';
import { listPage, type Page, type PageBounds } from './listPage.js';
import type { ReadingClient } from './transaction.js';

export interface ListTradesParameters extends PageBounds {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly seller?: Address;
  readonly buyer?: Address;
  /** Only trades in this state; default all. */
  readonly state?: TradeState;
}

/**
 * A page of trades, the newest first, with where they stand now. Which are in a state the contract says, so that those in others are not
 * read; those of other sellers and buyers are.
 * @throws WattchainError `badLimit`
 * @example
 * const { entries } = await listTrades(client, { tradeAddress, buyer: account.address, state: 'refundable' });
 */
export async function listTrades(client: ReadingClient, parameters: ListTradesParameters): Promise<Page<Trade>> {
  const { tradeAddress, seller, buyer, state, ...bounds } = parameters;
  const contract = { address: tradeAddress, abi: energyTradeAbi } as const;
  const states = state === undefined ? undefined : 1n << BigInt(TRADE_STATES.indexOf(state));
  return listPage({
    ...bounds,
    count: await readContract(client, { ...contract, functionName: 'tradeCount' }),
    requestsEach: 2,
    marks:
      states === undefined
        ? undefined
        : (first) => readContract(client, { ...contract, functionName: 'tradesIn', args: [states, first] }),
    read: (tradeId) => getTrade(client, { tradeAddress, tradeId }),
    accepts: (trade) =>
      (seller === undefined || isAddressEqual(trade.seller, seller)) &&
      (buyer === undefined || isAddressEqual(trade.buyer, buyer)) &&
      (state === undefined || trade.state === state),
  });
}
