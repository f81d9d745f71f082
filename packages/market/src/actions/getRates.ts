import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import { RATES_STATES, type RatesState } from '../contracts/states.js';
import type { ReadingClient } from './transaction.js';

/** Rates that are on their way. */
export interface PendingRates {
  /** Wei for a token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for a token, paid by the bank. */
  readonly redeemRateWei: bigint;
  readonly state: RatesState;
  /** Block time in seconds, which with the rates names the announcement. */
  readonly announcedAt: bigint;
  /** Seats of the council; `confirmedBy` 0 while nobody has confirmed. */
  readonly announcedBy: bigint;
  readonly confirmedBy: bigint;
  /** Block times in seconds between which they can be brought into force. */
  readonly inForceFrom: bigint;
  readonly inForceUntil: bigint;
}

/** Rates of the bank. */
export interface Rates {
  /** Wei for a token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for a token, paid by the bank. */
  readonly redeemRateWei: bigint;
  readonly pending?: PendingRates;
}

export interface GetRatesParameters {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * The bank's rates in force, and those on their way.
 * @example
 * const { redeemRateWei, pending } = await getRates(client, { bankAddress });
 */
export async function getRates(client: ReadingClient, { bankAddress }: GetRatesParameters): Promise<Rates> {
  const bank = { address: bankAddress, abi: bankAbi } as const;
  const [[buyRateWei, redeemRateWei], next] = await Promise.all([
    readContract(client, { ...bank, functionName: 'rates' }),
    readContract(client, { ...bank, functionName: 'pendingRates' }),
  ]);
  const state = RATES_STATES[next[2]] ?? 'none';
  if (state === 'none') return { buyRateWei, redeemRateWei };
  const pending: PendingRates = {
    buyRateWei: next[0],
    redeemRateWei: next[1],
    state,
    announcedAt: next[3],
    announcedBy: next[4],
    confirmedBy: next[5],
    inForceFrom: next[6],
    inForceUntil: next[7],
  };
  return { buyRateWei, redeemRateWei, pending };
}
