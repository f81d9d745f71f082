import type { Address } from '@wattchain/core';
import { isAddressEqual } from 'viem';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import type { PayoutState } from '../contracts/states.js';
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
 * A page of payouts outside, newest first.
 * @throws WattchainError `badLimit`
 * @example
 * const { entries: toPay } = await listPayouts(client, { bankAddress, state: 'pending' });
 */
export async function listPayouts(client: ReadingClient, parameters: ListPayoutsParameters): Promise<Page<Payout>> {
  const { bankAddress, holder, state, ...bounds } = parameters;
  const count = await readContract(client, { address: bankAddress, abi: bankAbi, functionName: 'payoutCount' });
  return listPage({
    ...bounds,
    count,
    requestsEach: 1,
    read: (payoutId) => getPayout(client, { bankAddress, payoutId }),
    accepts: (payout) =>
      (holder === undefined || isAddressEqual(payout.holder, holder)) &&
      (state === undefined || payout.state === state),
  });
}
