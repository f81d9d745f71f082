/** Market rules by the names that commands, results and pages use, in the order of the reports. */
export const RULE_NAMES = [
  'feedIn',
  'netMetering',
  'timeOfUse',
  'energyTrade',
  'callAuction:uniform',
  'callAuction:mcafee',
  'callAuction:payAsBid',
  'continuousBook',
  'peerChoice',
  'pool:mmr',
  'pool:sdr',
  'pool:billSharing',
  'pool:static',
  'pool:dynamic',
  'allowancePool',
  'mintPerKwh',
] as const;

/** A market rule. */
export type RuleName = (typeof RULE_NAMES)[number];

/** What stands in front of a rule's colon: `callAuction` is its three. */
export function familyOf(rule: RuleName): string {
  return rule.split(':')[0] ?? rule;
}

/** The rules that a word names: `all`, a rule, or a family; none where there is no such word. */
export function rulesNamed(word: string): readonly RuleName[] {
  return RULE_NAMES.filter((rule) => word === 'all' || rule === word || familyOf(rule) === word);
}
