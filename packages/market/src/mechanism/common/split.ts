import { type Address, assert } from '@wattchain/core';
import type { TieOrder } from './ties.js';

/** Who has a part in a whole, and how large it is beside the others. */
export interface Part {
  readonly owner: Address;
  readonly weight: bigint;
}

/**
 * Splits a whole number of units by weight so that the parts sum to it (largest remainder): each gets
 * `floor(total · weight / Σ weights)`, and what is left goes one unit each to the largest remainders, ties by {@link TieOrder}.
 * No part is a unit or more away from its exact share, and a part without weight gets nothing.
 * @returns the parts in the order of `parts`
 */
export function splitByLargestRemainder(total: bigint, parts: readonly Part[], ties: TieOrder): bigint[] {
  const weights = sum(parts.map(({ weight }) => weight));
  if (weights === 0n) {
    assert(total === 0n, `${total} units cannot be split among nobody`);
    return parts.map(() => 0n);
  }
  const shares = parts.map(({ weight }) => (total * weight) / weights);
  const left = total - sum(shares);
  if (left === 0n) return shares;
  const remainders = parts.map(({ weight }) => (total * weight) % weights);
  const inOrder = parts.map((_, index) => index);
  inOrder.sort((a, b) => {
    const byRemainder = compare(remainders[b] ?? 0n, remainders[a] ?? 0n);
    if (byRemainder !== 0) return byRemainder;
    const [one, other] = [parts[a] as Part, parts[b] as Part];
    return ties.compare(one.owner, other.owner) || compare(other.weight, one.weight);
  });
  for (const index of inOrder.slice(0, Number(left))) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares;
}

/** -1, 0 or 1, as sorting takes it. */
export function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** How much `a` is beyond `b`; 0 where it is not. */
export const excess = (a: bigint, b: bigint): bigint => (a > b ? a - b : 0n);
