import { type Address, WattchainError } from '@wattchain/core';
import { getBlock } from 'viem/actions';
import { readDecimal } from '../input/decimal.js';
import { TOKEN_UNIT } from '../units.js';
import { getRates } from './getRates.js';
import type { ReadingClient } from './transaction.js';

/** A tolerance is counted in hundredths of a percent: 10,000 of them are everything. */
const WHOLE = 10_000n;
/** What an exchange may bring less than the rates in force promise, where nothing else is said: 1 %. */
export const DEFAULT_TOLERANCE = 100n;
/** How long an exchange may wait for its block where nothing else is said, in seconds of block time. */
export const DEFAULT_WAIT_SECONDS = 600n;

/** What an exchange at the bank may come to. */
export interface ExchangeBounds {
  /** The bank. */
  readonly bankAddress: Address;
  /** In hundredths of a percent, 0 to 10,000; default {@link DEFAULT_TOLERANCE}. */
  readonly tolerance?: bigint;
  /** Seconds from the newest block's time on; default {@link DEFAULT_WAIT_SECONDS}. */
  readonly waitSeconds?: bigint;
}

export interface LimitBuyingParameters extends ExchangeBounds {
  /** Coins to pay, in wei. */
  readonly valueWei: bigint;
}

export interface LimitRedeemingParameters extends ExchangeBounds {
  /** Token units. */
  readonly tokens: bigint;
}

/**
 * What coins buy now, and the limits of a purchase with them: for `buyTokens`.
 * @throws WattchainError `badTolerance`
 * @example
 * const { tokens, leastTokens, until } = await limitBuying(client, { bankAddress, valueWei: 10n ** 16n });
 */
export async function limitBuying(
  client: ReadingClient,
  { bankAddress, valueWei, tolerance, waitSeconds }: LimitBuyingParameters,
): Promise<{ readonly tokens: bigint; readonly leastTokens: bigint; readonly until: bigint }> {
  const [{ buyRateWei }, until] = await Promise.all([getRates(client, { bankAddress }), lastTime(client, waitSeconds)]);
  const tokens = (valueWei * TOKEN_UNIT) / buyRateWei;
  return { tokens, leastTokens: leastOf(tokens, tolerance), until };
}

/**
 * What tokens bring now, and the limits of redeeming them: for `redeemForCoins`.
 * @throws WattchainError `badTolerance`
 * @example
 * const { coinsWei, leastCoinsWei, until } = await limitRedeeming(client, { bankAddress, tokens: parseTokens('5') });
 */
export async function limitRedeeming(
  client: ReadingClient,
  { bankAddress, tokens, tolerance, waitSeconds }: LimitRedeemingParameters,
): Promise<{ readonly coinsWei: bigint; readonly leastCoinsWei: bigint; readonly until: bigint }> {
  const [{ redeemRateWei }, until] = await Promise.all([
    getRates(client, { bankAddress }),
    lastTime(client, waitSeconds),
  ]);
  const coinsWei = (tokens * redeemRateWei) / TOKEN_UNIT;
  return { coinsWei, leastCoinsWei: leastOf(coinsWei, tolerance), until };
}

/**
 * The least that is still accepted of what is expected, rounded up.
 * @param tolerance hundredths of a percent
 * @throws WattchainError `badTolerance` below 0 and above 10,000
 */
export function leastOf(expected: bigint, tolerance: bigint = DEFAULT_TOLERANCE): bigint {
  if (tolerance < 0n || tolerance > WHOLE) {
    throw new WattchainError('badTolerance', `a tolerance of ${tolerance} hundredths of a percent is none`, {
      values: { tolerance },
      hint: 'choose 0 to 10000: 100 are 1 %',
    });
  }
  return (expected * (WHOLE - tolerance) + WHOLE - 1n) / WHOLE;
}

/**
 * Hundredths of a percent of a text in percent such as `1` or `0.5`.
 * @throws WattchainError `badTolerance` for anything but a plain figure from 0 to 100 with at most two digits after its point
 */
export function parseTolerance(text: string): bigint {
  const { value, fault } = readDecimal(text, {
    decimals: 2,
    name: 'a tolerance in percent',
    hasExponents: false,
    finest: 'a tolerance is counted in hundredths of a percent',
  });
  if (fault !== undefined) {
    throw new WattchainError('badTolerance', fault.what, { values: { text }, hint: fault.hint });
  }
  if (value > WHOLE) {
    throw new WattchainError('badTolerance', `a tolerance of ${text} % is more than everything`, {
      values: { text },
      hint: 'choose 0 to 100 percent; 1 is usual',
    });
  }
  return value;
}

async function lastTime(client: ReadingClient, waitSeconds = DEFAULT_WAIT_SECONDS): Promise<bigint> {
  const { timestamp } = await getBlock(client);
  return timestamp + waitSeconds;
}
