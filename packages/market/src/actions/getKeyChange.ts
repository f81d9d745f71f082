import { type Address, WattchainError } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { councilAbi } from '../contracts/generated.js';
import { KEY_CHANGE_STATES, type KeyChangeState } from '../contracts/states.js';
import type { KeyChangeName } from './requestKeyChange.js';
import type { ReadingClient } from './transaction.js';

/** A change of keys and where it stands. */
export interface KeyChange extends KeyChangeName {
  readonly state: KeyChangeState;
  /** Whose key it changes, from 1; 0: the recovery key. */
  readonly seat: bigint;
  readonly requestedBy: Address;
  /** Block time in seconds, which with the keys names the request. */
  readonly requestedAt: bigint;
  /** Seats that approve. */
  readonly approvals: readonly bigint[];
  /** Seats that reject. */
  readonly rejections: readonly bigint[];
  /** Votes of members that decide. */
  readonly needed: bigint;
  /** Whether the power of both keys is frozen until it is decided. */
  readonly isVetoed: boolean;
  /** Block time in seconds from when on the recovery key may approve; `undefined`: it never may. */
  readonly recoveryMayDecideFrom: bigint | undefined;
}

export interface GetKeyChangeParameters extends KeyChangeName {
  /** The council. */
  readonly councilAddress: Address;
}

/**
 * The latest request to act with one key in place of another. `explainKeyChange` puts it into words.
 * @throws WattchainError `unknownKeyChange`
 * @example
 * const { state, requestedAt } = await getKeyChange(client, { councilAddress, oldKey, newKey });
 */
export async function getKeyChange(client: ReadingClient, parameters: GetKeyChangeParameters): Promise<KeyChange> {
  const { councilAddress, oldKey, newKey } = parameters;
  const [requestedBy, requestedAt, seat, approvals, rejections, needed, isVetoed, recoveryFrom, stateNumber] =
    await readContract(client, {
      address: councilAddress,
      abi: councilAbi,
      functionName: 'keyChange',
      args: [oldKey, newKey],
    });
  const state = KEY_CHANGE_STATES[stateNumber] ?? 'none';
  if (state === 'none') {
    throw new WattchainError('unknownKeyChange', `nobody has asked for key ${newKey} in place of ${oldKey}`, {
      values: { oldKey, newKey },
      hint: 'compare both addresses with the list of changes of keys',
    });
  }
  return {
    oldKey,
    newKey,
    state,
    seat,
    requestedBy,
    requestedAt,
    approvals: seatsOf(approvals),
    rejections: seatsOf(rejections),
    needed,
    isVetoed,
    recoveryMayDecideFrom: recoveryFrom === 0n ? undefined : recoveryFrom,
  };
}

/** Seats by their bits, the lowest for seat 1. */
function seatsOf(bits: number): bigint[] {
  const seats = Array.from({ length: 16 }, (_, index) => index);
  return seats.filter((index) => (bits >> index) % 2 === 1).map((index) => BigInt(index + 1));
}
