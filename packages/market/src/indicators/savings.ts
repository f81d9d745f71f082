import type { Address } from '@wattchain/core';
import { type Ratio, ratioOf } from './ratio.js';

/** What a home pays in all, positive where it pays. */
export interface HomeTotal {
  readonly owner: Address;
  readonly total: bigint;
}

/** A home under a rule beside a baseline, money units. */
export interface HomeSaving {
  readonly owner: Address;
  readonly before: bigint;
  readonly after: bigint;
  /** `before − after`: below 0 for who loses. */
  readonly saved: bigint;
}

/** What a rule saves against a baseline. */
export interface Savings {
  readonly homes: readonly HomeSaving[];
  readonly saved: bigint;
  /** Of the baseline's sum; `undefined` where that is not above 0. */
  readonly share: Ratio | undefined;
  /** Those who pay more than before, the largest loss first. */
  readonly losers: readonly HomeSaving[];
}

/**
 * Savings home by home, with the losers named.
 * @param before baseline bills
 * @param after bills of the same homes under the rule; a home without one pays nothing
 */
export function savingsOf(before: readonly HomeTotal[], after: readonly HomeTotal[]): Savings {
  const totals = new Map(after.map(({ owner, total }) => [owner, total]));
  const homes = before.map(({ owner, total }): HomeSaving => {
    const now = totals.get(owner) ?? 0n;
    return { owner, before: total, after: now, saved: total - now };
  });
  const saved = homes.reduce((sum, home) => sum + home.saved, 0n);
  const whole = homes.reduce((sum, home) => sum + home.before, 0n);
  const losers = homes.filter((home) => home.saved < 0n);
  losers.sort((a, b) => (a.saved < b.saved ? -1 : a.saved > b.saved ? 1 : 0));
  return { homes, saved, share: whole > 0n ? ratioOf(saved, whole) : undefined, losers };
}
