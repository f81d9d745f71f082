import { type Address, WattchainError } from '@wattchain/core';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import { PAYOUT_STATES, type PayoutState } from '../contracts/states.js';
import type { ReadingClient } from './transaction.js';

/** A payout outside the chain. */
export interface Payout {
  readonly payoutId: bigint;
  readonly holder: Address;
  /** Token units. */
  readonly tokens: bigint;
  readonly destination: Hex;
  readonly state: PayoutState;
  /** Seat of the operator who marked it as paid; 0 while nobody has, like the next two. */
  readonly payer: bigint;
  /** Names the payment once it is marked as paid, else zeros. */
  readonly reference: Hex;
  /** Block time in seconds from which on it can be closed, unless somebody objects before. */
  readonly closesAt: bigint;
  /** Seat of the operator who denied the payment; 0: the holder did, or nobody. */
  readonly objector: bigint;
}

export interface GetPayoutParameters {
  /** The bank. */
  readonly bankAddress: Address;
  readonly payoutId: bigint;
}

/**
 * A payout and where it stands.
 * @throws WattchainError `unknownPayout`
 * @example
 * const { state } = await getPayout(client, { bankAddress, payoutId: 1n });
 */
export async function getPayout(client: ReadingClient, parameters: GetPayoutParameters): Promise<Payout> {
  const { bankAddress, payoutId } = parameters;
  const payout = await readContract(client, {
    address: bankAddress,
    abi: bankAbi,
    functionName: 'payouts',
    args: [payoutId],
  });
  const [holder, tokens, destination, stateNumber, payer, reference, closesAt, objector] = payout;
  const state = PAYOUT_STATES[stateNumber] ?? 'none';
  if (state === 'none') {
    throw new WattchainError('unknownPayout', `there is no payout ${payoutId}`, {
      values: { payoutId },
      hint: 'look its number up in the list of payouts; they are numbered from 1',
    });
  }
  return { payoutId, holder, tokens, destination, state, payer, reference, closesAt, objector };
}
