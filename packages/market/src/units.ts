import { WattchainError } from '@wattchain/core';
import { type DecimalKind, readDecimal } from './input/decimal.js';

/**
 * Energy is an integer number of milliwatt-hours, money an integer number of the smallest unit: no floating point
 * touches either. One Energy Token stands for 150 Wh (paper, section on the contracts) and has 18 decimals.
 */

/** Energy that one token stands for. */
export const MWH_PER_TOKEN = 150_000n;
/** Milliwatt-hours in a kilowatt-hour. */
export const MWH_PER_KWH = 1_000_000n;
/** Decimals of the Energy Token. */
export const TOKEN_DECIMALS = 18;
/** Token units in one token. */
export const TOKEN_UNIT = 10n ** 18n;
/** The usual price in token units for 150 Wh: one token for the energy it stands for. */
export const DEFAULT_PRICE = TOKEN_UNIT;

const KWH_DECIMALS = 6;

/** Units of energy that texts are read in, with the digits after the point that whole milliwatt-hours leave room for. */
const ENERGY_DECIMALS = { kWh: KWH_DECIMALS, Wh: 3, mWh: 0 } as const;
export type EnergyUnit = keyof typeof ENERGY_DECIMALS;

/**
 * What `energyMwh` costs at `price`, in token units: `floor(energyMwh · price / 150000)`. The contract computes the same.
 * @param energyMwh milliwatt-hours
 * @param price token units for 150 Wh
 */
export function amountOf(energyMwh: bigint, price: bigint = DEFAULT_PRICE): bigint {
  return (energyMwh * price) / MWH_PER_TOKEN;
}

/**
 * Milliwatt-hours of a kilowatt-hour text such as `1.071612`, exactly.
 * @throws WattchainError `badEnergy` for anything but a plain figure ({@link readDecimal}), and for energy finer than 1 mWh.
 */
export function parseKwh(text: string): bigint {
  return parseEnergy(text, 'kWh');
}

/** What is known of a figure from others beside it. */
export interface FigureContext {
  /** Whether their commas are surely decimal signs. */
  readonly hasDecimalCommas?: boolean;
}

/**
 * Milliwatt-hours of a text in `unit`, exactly.
 * @throws WattchainError `badEnergy` for anything but a plain figure ({@link readDecimal}), and for energy finer than 1 mWh.
 */
export function parseEnergy(text: string, unit: EnergyUnit, context: FigureContext = {}): bigint {
  return parseDecimal('badEnergy', text, {
    ...context,
    decimals: ENERGY_DECIMALS[unit],
    name: `an energy in ${unit}`,
    hasExponents: true,
    finest: 'energy is counted in whole milliwatt-hours (0.000001 kWh)',
  });
}

/** Kilowatt-hours as text with all six digits, `1.071612`. */
export function formatKwh(energyMwh: bigint): string {
  return formatDecimal(energyMwh, KWH_DECIMALS);
}

/**
 * Token units of a token text such as `12.5`, exactly.
 * @throws WattchainError `badTokenAmount` for anything but a plain figure ({@link readDecimal}), and beyond 18 digits after its point.
 */
export function parseTokens(text: string): bigint {
  return parseDecimal('badTokenAmount', text, {
    decimals: TOKEN_DECIMALS,
    name: 'an amount of tokens',
    hasExponents: false,
    finest: 'a token has 18 decimals',
  });
}

/**
 * Wei of an amount of coins such as `1.5`, exactly; coins have as many decimals as tokens.
 * @throws WattchainError `badAmount` for anything but a plain figure ({@link readDecimal}), and beyond 18 digits after its point.
 */
export function parseCoins(text: string): bigint {
  return parseDecimal('badAmount', text, {
    decimals: TOKEN_DECIMALS,
    name: 'an amount of coins',
    hasExponents: false,
    finest: 'a coin has 18 decimals',
  });
}

/** Tokens as text: all 18 digits without the zeros at the end, `190.833467` or `100`. */
export function formatTokens(units: bigint): string {
  const text = formatDecimal(units, TOKEN_DECIMALS);
  return text.replace(/\.?0+$/, '');
}

/** Coins as text, from wei: all 18 digits without the zeros at the end, `0.001`. */
export const formatCoins = formatTokens;

/** Tokens in a sentence: `1 token`, `2.5 tokens`. */
export function formatTokenAmount(units: bigint): string {
  return `${formatTokens(units)} ${units === TOKEN_UNIT ? 'token' : 'tokens'}`;
}

/**
 * Tokens as text rounded to `digits` after the point, half to even as the paper's table does: `102.852`.
 * For display only; nothing is computed from it.
 */
export function formatTokensRounded(units: bigint, digits: number): string {
  return formatDecimal(roundHalfEven(units, 10n ** BigInt(TOKEN_DECIMALS - digits)), digits);
}

/** `value / divisor` to the nearest integer, halves to the even one. */
export function roundHalfEven(value: bigint, divisor: bigint): bigint {
  const sign = value < 0n ? -1n : 1n;
  const magnitude = value * sign;
  const down = magnitude / divisor;
  const twiceRest = (magnitude % divisor) * 2n;
  const up = twiceRest > divisor || (twiceRest === divisor && down % 2n === 1n);
  return sign * (up ? down + 1n : down);
}

function parseDecimal(code: string, text: string, kind: DecimalKind): bigint {
  const { value, fault } = readDecimal(text, kind);
  if (fault === undefined) return value;
  throw new WattchainError(code, fault.what, { values: { text }, hint: fault.hint });
}

function formatDecimal(value: bigint, decimals: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`;
}
