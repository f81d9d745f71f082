import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** What the bank issued, what it took back, and what backs the tokens that exist. Tokens in token units, coins in wei. */
export interface BankFigures {
  readonly issuedForCoins: bigint;
  readonly issuedOutside: bigint;
  readonly redeemedForCoins: bigint;
  readonly paidOutside: bigint;
  /** Held by the bank for payouts that are not paid yet; part of `outstanding`. */
  readonly pendingPayouts: bigint;
  /** All tokens that exist: issued − redeemed − paid. */
  readonly outstanding: bigint;
  /** Of these: what the coin reserve must be able to redeem … */
  readonly backedByCoins: bigint;
  /** … and what money received outside backs. */
  readonly backedOutside: bigint;
  readonly coinReserveWei: bigint;
  /** What redeeming all of `backedByCoins` would take at the posted rate. */
  readonly coinReserveNeededWei: bigint;
  /** What an operator could withdraw. */
  readonly coinWithdrawableWei: bigint;
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
 * const { outstanding, backedByCoins } = await getBankFigures(client, { bankAddress });
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
    backedByCoins: figures[6],
    backedOutside: figures[7],
    coinReserveWei: figures[8],
    coinReserveNeededWei: figures[9],
    coinWithdrawableWei: figures[10],
    buyRateWei,
    redeemRateWei,
  };
}
