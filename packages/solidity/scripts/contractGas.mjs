/**
 * The energy contracts by their first rules, from Solidity against their assembly (bench/contracts), and against solc's code on the EVM:
 * gas, storage words, bytes of code; before that random calls that must do the same in all three. Then what a trade costs by the first
 * rules and by those of today, and what the acts of the bank do.
 *
 *   npm run contracts:gas [-- --calls 2000 --seed 1]
 *
 * Rule books too return and log the same on the EVM. Ends with 1 when something differs, or a trade as the paper has it costs more than by the first rules.
 */
import { parseArgs } from 'node:util';
import { BANK_OF_TODAY, FIRST_BANK } from '../dist/testing/market/bankBooks.js';
import { buildForEvm, buildMarket } from '../dist/testing/market/builds.js';
import { compareBuilds } from '../dist/testing/market/compare.js';
import { measureMarket, renderTable } from '../dist/testing/market/measure.js';
import { EVM, measureRules, renderRuleCosts, sumOfActs } from '../dist/testing/market/measureRules.js';
import { ACTS_OF_A_TRADE, FIRST_RULES, PAPER_RULES, rulesOfToday } from '../dist/testing/market/ruleBooks.js';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
const { abis, assembly, solidity } = buildMarket();
const evm = buildForEvm();
for (const other of [assembly, evm]) {
  const { agreed, difference } = await compareBuilds(
    [solidity, other],
    abis,
    Number(values.seed),
    Number(values.calls),
  );
  console.log(`${agreed} random calls did the same in ${solidity.name} and in ${other.name}`);
  if (difference === undefined) continue;
  console.log(difference);
  process.exitCode = 1;
}
const measurements = [];
for (const build of [assembly, solidity, evm]) measurements.push(await measureMarket(build, abis));
console.log(`\n${renderTable(measurements)}`);

const books = [
  FIRST_RULES,
  PAPER_RULES,
  rulesOfToday('pro rata, bonds', { settlement: 1, bonds: true }),
  rulesOfToday('first come, bonds', { settlement: 2, bonds: true }),
];
const costs = [];
for (const book of books) costs.push(await measureRules(book));
for (const [i, book] of books.entries()) {
  const { told } = await measureRules(book, EVM);
  const other = told.findIndex((outcome, step) => outcome !== costs[i].told[step]);
  if (other < 0) continue;
  console.log(
    `${book.name}: step ${other} returns or logs otherwise on the EVM\n${costs[i].told[other]}\n${told[other]}`,
  );
  process.exitCode = 1;
}
console.log(renderRuleCosts(costs, { 'a trade: offer, accept, report, settle': ACTS_OF_A_TRADE }));
console.log(renderRuleCosts([await measureRules(FIRST_BANK), await measureRules(BANK_OF_TODAY)]));
const [first, paper] = costs.map((cost) => sumOfActs(cost, ACTS_OF_A_TRADE));
if (paper.gas > first.gas || paper.bytes > first.bytes) {
  console.log('a trade costs more than by the first rules');
  process.exitCode = 1;
}
