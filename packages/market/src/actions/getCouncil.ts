import { type Address, ZERO_ADDRESS } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { councilAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** A seat of the council and the key that acts for it. */
export interface CouncilMember {
  /** From 1. */
  readonly seat: bigint;
  readonly key: Address;
  /** Whether a veto freezes the key's power until a change of keys is decided. */
  readonly isFrozen: boolean;
}

/** Who acts for a community. */
export interface Council {
  /** Seat 1 first. */
  readonly members: readonly CouncilMember[];
  /** Decides on changes of keys after the notice. */
  readonly recoveryKey: Address | undefined;
  /** Seconds between what is announced and its coming into force. */
  readonly noticeSeconds: bigint;
}

export interface GetCouncilParameters {
  /** The council. */
  readonly councilAddress: Address;
}

/**
 * The members of the council, its recovery key and its notice.
 * @example
 * const { members } = await getCouncil(client, { councilAddress });
 */
export async function getCouncil(client: ReadingClient, { councilAddress }: GetCouncilParameters): Promise<Council> {
  const council = { address: councilAddress, abi: councilAbi } as const;
  const [count, recoveryKey, noticeSeconds] = await Promise.all([
    readContract(client, { ...council, functionName: 'seatCount' }),
    readContract(client, { ...council, functionName: 'recoveryKey' }),
    readContract(client, { ...council, functionName: 'noticeSeconds' }),
  ]);
  const seats = Array.from({ length: Number(count) }, (_, index) => BigInt(index + 1));
  const members = await Promise.all(
    seats.map(async (seat) => {
      const key = await readContract(client, { ...council, functionName: 'memberAt', args: [seat] });
      const isFrozen = await readContract(client, { ...council, functionName: 'isFrozen', args: [key] });
      return { seat, key, isFrozen };
    }),
  );
  return { members, recoveryKey: recoveryKey === ZERO_ADDRESS ? undefined : recoveryKey, noticeSeconds };
}
