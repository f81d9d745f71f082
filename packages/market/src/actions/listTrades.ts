import type { Address } from '@wattchain/core';
import { getContractEvents } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import type { TradeState } from '../contracts/states.js';
import { getTrade, type Trade } from './getTrade.js';
import type { ReadingClient } from './transaction.js';

export interface ListTradesParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly seller?: Address;
  readonly buyer?: Address;
  /** Only trades in this state; default all. */
  readonly state?: TradeState;
  /** First block to look at; default the first of the chain. */
  readonly fromBlock?: bigint;
}

/**
 * Trades, in order of acceptance: found by their events, with where they stand now.
 * @example
 * const mine = await listTrades(client, { tradeAddress, buyer: account.address, state: 'refundable' });
 */
export async function listTrades(client: ReadingClient, parameters: ListTradesParameters): Promise<Trade[]> {
  const { tradeAddress, seller, buyer, state, fromBlock } = parameters;
  const events = await getContractEvents(client, {
    address: tradeAddress,
    abi: energyTradeAbi,
    eventName: 'Accepted',
    args: { ...(seller === undefined ? {} : { seller }), ...(buyer === undefined ? {} : { buyer }) },
    fromBlock: fromBlock ?? 'earliest',
    toBlock: 'latest',
    strict: true,
  });
  const trades = await Promise.all(events.map(({ args }) => getTrade(client, { tradeAddress, tradeId: args.tradeId })));
  return state === undefined ? trades : trades.filter((trade) => trade.state === state);
}
