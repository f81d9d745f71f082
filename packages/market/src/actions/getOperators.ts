import type { Address } from '@wattchain/core';
import { readContract } from 'viem/actions';
import { bankAbi } from '../contracts/generated.js';
import type { ReadingClient } from './transaction.js';

/** An operator of the bank, and how much it may attest as paid outside, in token units. */
export interface Operator {
  readonly operator: Address;
  /** Set by the other operator (`setLimit`). */
  readonly limit: bigint;
  /** Attested since the beginning. */
  readonly attested: bigint;
  /** What it may still attest: 0 also when the limit was set below what is attested. */
  readonly remaining: bigint;
}

export interface GetOperatorsParameters {
  /** The bank. */
  readonly bankAddress: Address;
}

/**
 * The bank's two operators with their limits.
 * @example
 * const [first, second] = await getOperators(client, { bankAddress });
 */
export async function getOperators(
  client: ReadingClient,
  { bankAddress }: GetOperatorsParameters,
): Promise<[Operator, Operator]> {
  const bank = { address: bankAddress, abi: bankAbi } as const;
  const [first, second] = await readContract(client, { ...bank, functionName: 'operators' });
  const read = async (operator: Address): Promise<Operator> => {
    const [limit, attested, remaining] = await readContract(client, {
      ...bank,
      functionName: 'operatorLimit',
      args: [operator],
    });
    return { operator, limit, attested, remaining };
  };
  return Promise.all([read(first), read(second)]);
}
