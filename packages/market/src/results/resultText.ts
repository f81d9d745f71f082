import type { CommunityResult, RuleResult } from './communityResult.js';

/** The result as the text of `result.json`, in parts that can be written one after the other: whole numbers as decimal texts. */
export function* resultChunks(result: CommunityResult): Iterable<string> {
  const { rules, ...rest } = result;
  const head = jsonOf(rest, 2).slice(0, -2);
  yield `${head},\n  "rules": [`;
  for (const [index, rule] of rules.entries()) {
    yield index === 0 ? '\n' : ',\n';
    yield* ruleChunks(rule);
  }
  yield '\n  ]\n}\n';
}

/** One rule: bills and periods stand one to a line. */
export function* ruleChunks(rule: RuleResult): Iterable<string> {
  const { bills, periods, ...rest } = rule;
  const head = jsonOf(rest, 2).slice(0, -2).replaceAll('\n', '\n    ');
  yield `    ${head},\n      "bills": [`;
  yield* lines(bills);
  yield ',\n      "periods": [';
  yield* lines(periods);
  yield '\n    }';
}

/** Items in one part of text. */
const ITEMS = 1_000;

function* lines(items: readonly unknown[]): Iterable<string> {
  for (let first = 0; first < items.length; first += ITEMS) {
    const part = items.slice(first, first + ITEMS).map((item) => `\n        ${jsonOf(item)}`);
    yield `${first === 0 ? '' : ','}${part.join(',')}`;
  }
  yield items.length === 0 ? ']' : '\n      ]';
}

/** JSON with whole numbers as decimal texts. */
export function jsonOf(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item), indent);
}
