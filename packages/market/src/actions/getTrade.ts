import { type Address, WattchainError } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { energyTradeAbi } from '../contracts/generated.js';
import { TRADE_STATES, type TradeState } from '../contracts/states.js';
import type { OfferTerms } from './getOffer.js';
import { isRevertedWith } from './refusal.js';
import type { ReadingClient } from './transaction.js';

/** A trade: the terms that both sides signed, where it stands, and the numbers that explain it. */
export interface Trade extends OfferTerms {
  readonly tradeId: bigint;
  readonly buyer: Address;
  /** Whose reading counts for the buyer; `undefined` where only the seller's meter counts. */
  readonly buyerMeter: Hex | undefined;
  readonly energyMwh: bigint;
  /** Token units that the buyer put in. */
  readonly escrow: bigint;
  /** Token units that the seller put in for this trade. */
  readonly bond: bigint;
  readonly state: TradeState;
  /** The next five are 0 until the trade is closed. */
  readonly settledMwh: bigint;
  /** What the buyer's side could have taken and the seller's did not give. */
  readonly shortMwh: bigint;
  readonly paidToSeller: bigint;
  /** Out of the escrow. */
  readonly returnedToBuyer: bigint;
  /** Out of the bond, to the buyer. */
  readonly compensation: bigint;
  /** Of the seller's meter and period, sold before this trade, and in all. */
  readonly aheadMwh: bigint;
  readonly soldMwh: bigint;
  /** By the buyer's meter for the period, in all; 0 where it does not count. */
  readonly boughtMwh: bigint;
  /** The trade of the same buyer that is settled before this one; `undefined` where there is none to wait for. */
  readonly previousTradeId: bigint | undefined;
  /** The readings of the period; `undefined` while there is none, and for the buyer where its meter does not count. */
  readonly sellersReading: TradeReading | undefined;
  readonly buyersReading: TradeReading | undefined;
  /** How far the seller's meter was read, market time in seconds. */
  readonly meterReadUntil: bigint;
}

/** A reading that decides a trade. */
export interface TradeReading {
  /** Whether it can no longer be corrected. */
  readonly isFinal: boolean;
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
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
 * const { state, settledMwh } = await getTrade(client, { tradeAddress, tradeId: 1n });
 */
export async function getTrade(client: ReadingClient, { tradeAddress, tradeId }: GetTradeParameters): Promise<Trade> {
  const contract = { address: tradeAddress, abi: energyTradeAbi } as const;
  const read = Promise.all([
    readContract(client, { ...contract, functionName: 'trades', args: [tradeId] }),
    readContract(client, { ...contract, functionName: 'tradeStatus', args: [tradeId] }),
  ]);
  const [[terms, buyer, energyMwh, buyerMeter, escrow, bond], status] = await read.catch(async (cause: unknown) => {
    if (!isRevertedWith(cause, 'there is no such trade')) throw cause;
    const tradeCount = await readContract(client, { ...contract, functionName: 'tradeCount' });
    throw new WattchainError('unknownTrade', `there is no trade ${tradeId}`, {
      values: { tradeId, tradeCount },
      hint: 'look its number up in the list of trades; they are numbered from 1',
      cause,
    });
  });
  const { state, previousTrade, sellersReading, buyersReading, ...figures } = status;
  return {
    ...terms,
    tradeId,
    buyer,
    buyerMeter: BigInt(buyerMeter) === 0n ? undefined : buyerMeter,
    energyMwh,
    escrow,
    bond,
    ...figures,
    state: TRADE_STATES[state] ?? 'none',
    previousTradeId: previousTrade === 0n ? undefined : previousTrade,
    sellersReading: readingOf(sellersReading),
    buyersReading: readingOf(buyersReading),
  };
}

interface ContractReading {
  readonly isThere: boolean;
  readonly isFinal: boolean;
  readonly produced: bigint;
  readonly consumed: bigint;
}

function readingOf({ isThere, isFinal, produced, consumed }: ContractReading): TradeReading | undefined {
  return isThere ? { isFinal, producedMwh: produced, consumedMwh: consumed } : undefined;
}
