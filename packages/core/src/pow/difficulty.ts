import type { HeaderRecord } from '../block/types.js';
import { assert } from '../error.js';
import { ACTIVE_TIME_CAP_INTERVALS, WORD_LIMIT } from '../params.js';

/** What genesis says about difficulty. */
export interface DifficultyRules {
  /** T, the block interval to aim at. */
  readonly blockIntervalMs: number;
  /** So much active time ahead of (behind) the plan doubles (halves) the target. */
  readonly halfLifeMs: number;
  /** Target of the genesis header and of the first block. */
  readonly firstTarget: bigint;
  /** The easiest target. */
  readonly largestTarget: bigint;
  /** On a development chain every target is the largest. */
  readonly development?: boolean;
}

/** What difficulty reads of a parent. */
export type DifficultyParent = Pick<HeaderRecord, 'activeMs'> & {
  readonly header: Pick<HeaderRecord['header'], 'height' | 'timestampMs'>;
};

/**
 * `firstTarget · 2^(exponent / 65536)` in the integer arithmetic of aserti3-2d (Bitcoin Cash, CHIP 2020-11-15); at least 1, at most
 * `largestTarget`.
 */
export function aserti3(firstTarget: bigint, exponent: bigint, largestTarget: bigint): bigint {
  assert(firstTarget >= 1n && largestTarget < WORD_LIMIT, 'targets are from 1 to 2^256 − 1');
  // The factor is at least 1, so the result would be 2^256 or more; a far exponent must not build a giant number.
  if (exponent >> 16n >= 256n) return largestTarget;
  const target = scaleByPowerOfTwo(firstTarget, exponent);
  if (target < 1n) return 1n;
  return target > largestTarget ? largestTarget : target;
}

/** `value · 2^(exponent / 65536)`, rounded down, with aserti3-2d's cubic for the fraction of the exponent. `value` is 0 or more. */
export function scaleByPowerOfTwo(value: bigint, exponent: bigint): bigint {
  const shift = exponent >> 16n;
  const fraction = exponent - (shift << 16n);
  const factor =
    ((195_766_423_245_049n * fraction + 971_821_376n * fraction ** 2n + 5_127n * fraction ** 3n + (1n << 47n)) >> 48n) +
    65_536n;
  return ((value * factor) << shift) >> 16n;
}

/**
 * ASERT's clock at a header with this timestamp: time since genesis, where a block counts at most ten intervals, and the first
 * block one, whenever it comes: how long after their genesis miners began to search says nothing about their hash power.
 */
export function nextActiveMs(parent: DifficultyParent, timestampMs: number, rules: DifficultyRules): number {
  if (parent.header.height === 0) return parent.activeMs + rules.blockIntervalMs;
  const elapsedMs = timestampMs - parent.header.timestampMs;
  return parent.activeMs + Math.min(elapsedMs, ACTIVE_TIME_CAP_INTERVALS * rules.blockIntervalMs);
}

/** Target of the block after `parent`: later than planned makes it larger, earlier smaller. */
export function nextTarget(rules: DifficultyRules, parent: DifficultyParent): bigint {
  if (rules.development) return rules.largestTarget;
  const aheadMs = BigInt(parent.activeMs) - BigInt(rules.blockIntervalMs) * BigInt(parent.header.height);
  const exponent = (aheadMs * 65_536n) / BigInt(rules.halfLifeMs);
  return aserti3(rules.firstTarget, exponent, rules.largestTarget);
}

/** Expected tries to meet a target, `floor(2^256 / (target + 1))`: what a header adds to its chain's total work. */
export function workOf(target: bigint): bigint {
  return WORD_LIMIT / (target + 1n);
}

/** The target that a rate of tries meets once per block interval on average; the easiest there is for a rate near 0. */
export function targetForRate(hashesPerSecond: number, blockIntervalMs: number): bigint {
  const tries = Math.max(1, Math.round((hashesPerSecond * blockIntervalMs) / 1000));
  assert(Number.isSafeInteger(tries), 'no rate of tries a second', hashesPerSecond);
  return WORD_LIMIT / BigInt(tries) - 1n;
}
