import type { Address } from '@wattchain/core';
import { isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import { PAYOUT_STATES, type PayoutState } from '../contracts/states.js';
import { getPayout, type Payout } from './getPayout.js';
import { listPage, type Page, type PageBounds } from './listPage.js';
import type { ReadingClient } from './transaction.js';

export interface ListPayoutsParameters extends PageBounds {
  /** The bank. */
  readonly bankAddress: Address;
  readonly holder?: Address;
  /** Only payouts in this state; default all. */
  readonly state?: PayoutState;
}

/**
 * A page of payouts outside, newest first. Which are in a state the contract says, so that those in others are not read; those of other holders are.
 * @throws WattchainError `badLimit`
 * @example
 * const { entries: toPay } = await listPayouts(client, { bankAddress, state: 'pending' });
 */
export async function listPayouts(client: ReadingClient, parameters: ListPayoutsParameters): Promise<Page<Payout>> {
  const { bankAddress, holder, state, ...bounds } = parameters;
  const bank = { address: bankAddress, abi: bankAbi } as const;
  const states = state === undefined ? undefined : 1n << BigInt(PAYOUT_STATES.indexOf(state));
  return listPage({
    ...bounds,
    count: await readContract(client, { ...bank, functionName: 'payoutCount' }),
    requestsEach: 1,
    marks:
      states === undefined
        ? undefined
        : (first) => readContract(client, { ...bank, functionName: 'payoutsIn', args: [states, first] }),
    read: (payoutId) => getPayout(client, { bankAddress, payoutId }),
    accepts: (payout) =>
      (holder === undefined || isAddressEqual(payout.holder, holder)) &&
      (state === undefined || payout.state === state),
  });
}
