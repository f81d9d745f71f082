import { formatTokens, TOKEN_UNIT } from '../units.js';
import { type Doubt, doubtOf } from './doubt.js';

/** 15 MWh, more than several households use in a year. */
const MANY_TOKENS = 100_000n * TOKEN_UNIT;
/** 1.5 GWh. */
const HIGH_LIMIT = 10_000_000n * TOKEN_UNIT;
/** A rate that moves by more is a slip of the point. */
const RATE_FACTOR = 10n;
const HOUR_SECONDS = 3_600n;
const YEAR_SECONDS = 366n * 86_400n;
/** Payments that an allowance of a standing order lasts for at most: monthly for eighty years. */
const MANY_PAYMENTS = 1_000n;

/** What is doubtful about a number of tokens that somebody buys, gets or gives back. */
export function doubtsOfTokens(tokens: bigint): Doubt[] {
  if (tokens <= MANY_TOKENS) return [];
  const what = `${formatTokens(tokens)} tokens stand for ${(tokens * 150n) / (TOKEN_UNIT * 1_000_000n)} MWh`;
  return [doubtOf('manyTokens', what, 'amounts are in tokens of 150 Wh, not in their smallest units')];
}

/** What is doubtful about the tokens that an operator may attest in all. */
export function doubtsOfLimit(limit: bigint): Doubt[] {
  if (limit <= HIGH_LIMIT) return [];
  return [
    doubtOf(
      'highLimit',
      `the limit is ${formatTokens(limit)} tokens`,
      'it is in tokens of 150 Wh; an operator can issue so many without coins behind them',
    ),
  ];
}

/** What is doubtful about a rate that replaces another, in wei for a token. */
export function doubtsOfRate(name: string, rateWei: bigint, currentWei: bigint): Doubt[] {
  if (rateWei <= currentWei * RATE_FACTOR && rateWei * RATE_FACTOR >= currentWei) return [];
  const what = `the ${name} rate goes from ${formatTokens(currentWei)} to ${formatTokens(rateWei)} coins for a token`;
  return [doubtOf('rate', what, 'rates are in coins for a token')];
}

/** A standing order before it is signed. */
export interface CheckedOrder {
  readonly tokens: bigint;
  readonly intervalSeconds: bigint;
  /** Tokens that the bank may take in all from now on; `undefined` leaves what it may take already. */
  readonly allow: bigint | undefined;
}

/** What is doubtful about a standing order; a testbed's time is short. */
export function doubtsOfOrder({ tokens, intervalSeconds, allow }: CheckedOrder, isTestbed: boolean): Doubt[] {
  const doubts = doubtsOfTokens(tokens);
  if (!isTestbed && intervalSeconds < HOUR_SECONDS)
    doubts.push(doubtOf('interval', `the order is due every ${intervalSeconds} s`, 'intervals have a unit: 1h, 30d'));
  if (intervalSeconds > YEAR_SECONDS)
    doubts.push(
      doubtOf('interval', `the order is due every ${intervalSeconds / 86_400n} days`, 'intervals have a unit: 1h, 30d'),
    );
  if (allow === undefined) return doubts;
  if (allow < tokens)
    doubts.push(
      doubtOf(
        'allowance',
        `the bank may take ${formatTokens(allow)} tokens, and the first payment needs ${formatTokens(tokens)}`,
        'allow what several payments need',
      ),
    );
  if (allow > tokens * MANY_PAYMENTS)
    doubts.push(
      doubtOf(
        'allowance',
        `the bank may take ${formatTokens(allow)} tokens, enough for more than ${MANY_PAYMENTS} payments`,
        'allow what the next payments need; it can be raised later',
      ),
    );
  return doubts;
}
