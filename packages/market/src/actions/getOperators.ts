import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { bankAbi, councilAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** An operator of the bank: a member of the council, what its seat may attest as paid outside, and what it has left at the bank. */
export interface Operator {
  /** In the council, from 1. */
  readonly seat: bigint;
  /** The key that acts for the seat. */
  readonly operator: Address;
  /** Whether a veto against a change of its key has frozen its power. */
  readonly isFrozen: boolean;
  /** Token units, set by another operator (`setLimit`). */
  readonly limit: bigint;
  /** Token units attested since the beginning. */
  readonly attested: bigint;
  /** Token units that it may still attest: 0 also when the limit was set below what is attested. */
  readonly remaining: bigint;
  readonly depositWei: bigint;
}

export interface GetOperatorsParameters {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * The bank's operators with their limits and deposits, seat 1 first.
 * @example
 * const [first, second] = await getOperators(client, { bankAddress });
 */
export async function getOperators(
  client: ReadingClient,
  { bankAddress }: GetOperatorsParameters,
): Promise<Operator[]> {
  const bank = { address: bankAddress, abi: bankAbi } as const;
  const council = {
    address: await readContract(client, { ...bank, functionName: 'council' }),
    abi: councilAbi,
  } as const;
  const count = await readContract(client, { ...council, functionName: 'seatCount' });
  const read = async (_: unknown, index: number): Promise<Operator> => {
    const seat = BigInt(index + 1);
    const [operator, [limit, attested, remaining, depositWei]] = await Promise.all([
      readContract(client, { ...council, functionName: 'memberAt', args: [seat] }),
      readContract(client, { ...bank, functionName: 'seatAccounts', args: [seat] }),
    ]);
    const isFrozen = await readContract(client, { ...council, functionName: 'isFrozen', args: [operator] });
    return { seat, operator, isFrozen, limit, attested, remaining, depositWei };
  };
  return Promise.all(Array.from({ length: Number(count) }, read));
}
