import { type Address, WattchainError } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { TRADE_STATES, type TradeState } from '../contracts/states.js';
import { isRevertedWith } from './refusal.js';
import type { ReadingClient } from './transaction.js';

/** A trade: the terms that both sides signed, where it stands, and the numbers that explain it. */
export interface Trade {
  readonly tradeId: bigint;
  readonly offerId: bigint;
  readonly seller: Address;
  readonly buyer: Address;
  readonly meter: Hex;
  /** Meter time in seconds. */
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
  readonly energyMwh: bigint;
  /** Token units for 150 Wh. */
  readonly price: bigint;
  /** Token units that the buyer put in. */
  readonly escrow: bigint;
  /** Block time in seconds by which the reading must be in. */
  readonly settleBy: bigint;
  readonly state: TradeState;
  /** The next three are 0 until the trade is closed. */
  readonly deliveredMwh: bigint;
  readonly paidToSeller: bigint;
  readonly returnedToBuyer: bigint;
  /** The period's reading; `undefined` while there is none. */
  readonly reading: TradeReading | undefined;
  /** Trades of the period that are settled before this one. */
  readonly tradesAhead: bigint;
  /** How far the meter was read, meter time in seconds. */
  readonly meterReadUntil: bigint;
}

/** The reading that decides a trade. */
export interface TradeReading {
  readonly number: bigint;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Block time in seconds. */
  readonly reportedAt: bigint;
}

export interface GetTradeParameters {
  /** The trade contract. */
  readonly tradeAddress: Address;
  readonly tradeId: bigint;
}

/**
 * A trade and where it stands. `explainTrade` puts it into words.
 * @throws WattchainError `unknownTrade`
 * @example
 * const { state, deliveredMwh } = await getTrade(client, { tradeAddress, tradeId: 1n });
 */
export async function getTrade(client: ReadingClient, { tradeAddress, tradeId }: GetTradeParameters): Promise<Trade> {
  const contract = { address: tradeAddress, abi: energyTradeAbi } as const;
  const read = Promise.all([
    readContract(client, { ...contract, functionName: 'trades', args: [tradeId] }),
    readContract(client, { ...contract, functionName: 'tradeStatus', args: [tradeId] }),
  ]);
  const [terms, status] = await read.catch(async (cause: unknown) => {
    if (!isRevertedWith(cause, 'there is no such trade')) throw cause;
    const tradeCount = await readContract(client, { ...contract, functionName: 'tradeCount' });
    throw new WattchainError('unknownTrade', `there is no trade ${tradeId}`, {
      values: { tradeId, tradeCount },
      hint: 'look its number up in the list of trades; they are numbered from 1',
      cause,
    });
  });
  const [stateNumber, deliveredMwh, paidToSeller, returnedToBuyer, number, producedMwh, consumedMwh, reportedAt] =
    status;
  return {
    tradeId,
    offerId: terms[0],
    seller: terms[1],
    buyer: terms[2],
    meter: terms[3],
    periodStart: terms[4],
    periodSeconds: terms[5],
    energyMwh: terms[6],
    price: terms[7],
    escrow: terms[8],
    settleBy: terms[9],
    state: TRADE_STATES[stateNumber] ?? 'none',
    deliveredMwh,
    paidToSeller,
    returnedToBuyer,
    reading: number === 0n ? undefined : { number, producedMwh, consumedMwh, reportedAt },
    tradesAhead: status[8],
    meterReadUntil: status[9],
  };
}
