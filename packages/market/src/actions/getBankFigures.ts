import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** What the bank issued, what it took back, and what covers the tokens that exist. Tokens in token units, coins in wei. */
export interface BankFigures {
  readonly issuedForCoins: bigint;
  readonly issuedOutside: bigint;
  readonly redeemedForCoins: bigint;
  readonly paidOutside: bigint;
  /** Held by the bank for payouts that are not closed yet; part of `outstanding`. */
  readonly pendingPayouts: bigint;
  /** All tokens that exist: issued − redeemed − paid. */
  readonly outstanding: bigint;
  /** Coins that cover them: all coins of the bank but the deposits. */
  readonly coinReserveWei: bigint;
  /** What must be there to redeem them all at the redeem rate in force; the reserve is never less. */
  readonly coinCoverNeededWei: bigint;
  /** What of the reserve covers nothing. */
  readonly coinSurplusWei: bigint;
  /** Deposits of all seats. */
  readonly coinDepositsWei: bigint;
  /** Wei for a token, paid to the bank. */
  readonly buyRateWei: bigint;
  /** Wei for a token, paid by the bank. */
  readonly redeemRateWei: bigint;
}

export interface GetBankFiguresParameters {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * The bank's figures and rates.
 * @example
 * const { outstanding, coinReserveWei } = await getBankFigures(client, { bankAddress });
 */
export async function getBankFigures(
  client: ReadingClient,
  { bankAddress }: GetBankFiguresParameters,
): Promise<BankFigures> {
  const bank = { address: bankAddress, abi: bankAbi } as const;
  const [figures, [buyRateWei, redeemRateWei]] = await Promise.all([
    readContract(client, { ...bank, functionName: 'figures' }),
    readContract(client, { ...bank, functionName: 'rates' }),
  ]);
  return {
    issuedForCoins: figures[0],
    issuedOutside: figures[1],
    redeemedForCoins: figures[2],
    paidOutside: figures[3],
    pendingPayouts: figures[4],
    outstanding: figures[5],
    coinReserveWei: figures[6],
    coinCoverNeededWei: figures[7],
    coinSurplusWei: figures[8],
    coinDepositsWei: figures[9],
    buyRateWei,
    redeemRateWei,
  };
}
