import { assert, WattchainError } from '@wattchain/core';
import { FEED_IN, NET_METERING, TIME_OF_USE } from './baselineRules.js';
import { ALLOWANCE_POOL, MINT_PER_KWH } from './coinRules.js';
import type { MarketRule, RuleParams } from './marketRule.js';
import {
  CALL_AUCTION_MCAFEE,
  CALL_AUCTION_PAY_AS_BID,
  CALL_AUCTION_UNIFORM,
  CONTINUOUS_BOOK,
  ENERGY_TRADE,
} from './orderRules.js';
import { PEER_CHOICE } from './peerRule.js';
import { POOL_BILL_SHARING, POOL_DYNAMIC, POOL_MMR, POOL_SDR, POOL_STATIC } from './poolRules.js';
import { RULE_NAMES, type RuleName } from './ruleNames.js';

/** All market rules, in the order of the reports. */
export const MARKET_RULES: readonly MarketRule[] = [
  FEED_IN,
  NET_METERING,
  TIME_OF_USE,
  ENERGY_TRADE,
  CALL_AUCTION_UNIFORM,
  CALL_AUCTION_MCAFEE,
  CALL_AUCTION_PAY_AS_BID,
  CONTINUOUS_BOOK,
  PEER_CHOICE,
  POOL_MMR,
  POOL_SDR,
  POOL_BILL_SHARING,
  POOL_STATIC,
  POOL_DYNAMIC,
  ALLOWANCE_POOL,
  MINT_PER_KWH,
];

/** A rule by its name. */
export function marketRuleOf(name: RuleName): MarketRule {
  const rule = MARKET_RULES.find((candidate) => candidate.name === name);
  assert(rule !== undefined, `the rule ${name} is in the table`);
  return rule;
}

/**
 * A rule's parameters with what somebody says otherwise.
 * @throws WattchainError `badRuleParams` for a parameter that the rule does not have
 */
export function paramsOf({ name, defaults }: MarketRule, given: RuleParams = {}): RuleParams {
  for (const parameter of Object.keys(given)) {
    if (Object.hasOwn(defaults, parameter)) continue;
    const known = Object.keys(defaults);
    throw new WattchainError('badRuleParams', `${name} has no parameter ${parameter.slice(0, 80)}`, {
      values: { rule: name, parameter },
      hint: known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`,
    });
  }
  return { ...defaults, ...given };
}

/**
 * Reads the file of `--rule-params`: a JSON object from rules to their parameters, `{ "pool:static": { "coefficients": "1,2,3" } }`.
 * @throws WattchainError `badRuleParams`
 */
export function parseRuleParams(file: string, text: string): ReadonlyMap<RuleName, RuleParams> {
  const data = fieldsOf(file, 'it', parseJson(file, text));
  return new Map(
    Object.entries(data).map(([word, value]) => {
      const name = RULE_NAMES.find((rule) => rule === word);
      if (name === undefined)
        throw badFile(file, `${word.slice(0, 80)} is no rule`, `the rules are ${RULE_NAMES.join(', ')}`);
      const params = Object.entries(fieldsOf(file, name, value)).map(([parameter, given]): [string, string] => {
        if (typeof given === 'string' || typeof given === 'number') return [parameter, String(given)];
        if (Array.isArray(given)) return [parameter, given.join(',')];
        throw badFile(file, `${parameter.slice(0, 80)} of ${name} is ${typeof given}`, 'write a text or a number');
      });
      return [name, paramsOf(marketRuleOf(name), Object.fromEntries(params))];
    }),
  );
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WattchainError('badRuleParams', `${file} is no JSON: ${error instanceof Error ? error.message : error}`, {
      values: { file },
      hint: 'write it as { "pool:static": { "coefficients": "1,2,3" } }',
    });
  }
}

function fieldsOf(file: string, what: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badFile(file, `${what} is no object`, 'write it as { "pool:static": { "coefficients": "1,2,3" } }');
}

function badFile(file: string, what: string, hint: string): WattchainError {
  return new WattchainError('badRuleParams', `${file}: ${what}`, { values: { file }, hint });
}
