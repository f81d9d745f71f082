import { WattchainError } from '@wattchain/core';
import type { PriceBand, PriceFraction } from '../mechanism/common/price.js';
import { middleOf, wholePrice } from '../mechanism/common/price.js';
import { parseKwh, parseTokens } from '../units.js';
import type { RuleParams } from './marketRule.js';

/** Longest list of a parameter. */
const MAX_LIST = 10_000;

/** The value of a parameter, which every rule's defaults hold. */
export function paramOf(params: RuleParams, name: string): string {
  const value = params[name];
  if (value === undefined) throw badParam(name, 'nothing', 'give it a value');
  return value;
}

/** A price: `middle` of the band, `tariff`, `feedIn`, or an amount of the currency per kWh such as `0.12`. */
export function priceParam(params: RuleParams, name: string): (band: PriceBand) => PriceFraction {
  const text = paramOf(params, name);
  if (text === 'middle') return ({ tariff, feedIn }) => middleOf(tariff, feedIn);
  if (text === 'tariff') return ({ tariff }) => wholePrice(tariff);
  if (text === 'feedIn') return ({ feedIn }) => wholePrice(feedIn);
  const price = pricePerKwh(name, text);
  return () => wholePrice(price);
}

/** Units for 150 Wh of an amount per kWh. */
export function pricePerKwh(name: string, text: string): bigint {
  return (read(name, text, parseTokens, 'middle, tariff, feedIn, or an amount per kWh such as 0.12') * 3n) / 20n;
}

/** An energy in kWh, or `undefined` for the word that stands for what the rule works out. */
export function kwhParam(params: RuleParams, name: string, word: string): bigint | undefined {
  const text = paramOf(params, name);
  return text === word ? undefined : read(name, text, parseKwh, `${word}, or kilowatt-hours such as 1.5`);
}

/** An amount of the currency. */
export function moneyParam(params: RuleParams, name: string): bigint {
  return read(name, paramOf(params, name), parseTokens, 'an amount of the currency such as 12.50');
}

/** A whole number from 0 to `most`. */
export function countParam(params: RuleParams, name: string, most: bigint): bigint {
  const text = paramOf(params, name);
  if (/^\d{1,18}$/.test(text) && BigInt(text) <= most) return BigInt(text);
  throw badParam(name, text, `a whole number from 0 to ${most}`);
}

/** Whole numbers, one for each home, as `1,2,3`; or `undefined` for the word. */
export function listParam(params: RuleParams, name: string, word: string, homes: number): bigint[] | undefined {
  const text = paramOf(params, name);
  if (text === word) return undefined;
  const parts = text.split(',', MAX_LIST).map((part) => part.trim());
  const isList = parts.length === homes && parts.every((part) => /^\d{1,9}$/.test(part));
  if (isList) return parts.map(BigInt);
  throw badParam(name, text, `${word}, or a whole number for each of the ${homes} homes, as 1,2,3`);
}

/** One of some words. */
export function wordParam<Word extends string>(params: RuleParams, name: string, words: readonly Word[]): Word {
  const text = paramOf(params, name);
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw badParam(name, text, words.join(', '));
}

function read(name: string, text: string, parse: (text: string) => bigint, what: string): bigint {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof WattchainError) throw badParam(name, text, what);
    throw error;
  }
}

function badParam(name: string, text: string, what: string): WattchainError {
  return new WattchainError('badRuleParams', `the parameter ${name} is ${text.slice(0, 80)}`, {
    values: { name, text },
    hint: `it is ${what}`,
  });
}
