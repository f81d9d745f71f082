/**
 * The energy contracts from Solidity against their assembly (bench/contracts), and against solc's code on the EVM: gas, storage words,
 * bytes of code; before that random calls that must do the same in all three.
 *
 *   npm run contracts:gas [-- --calls 2000 --seed 1]
 *
 * Ends with 1 when they differ.
 */
import { parseArgs } from 'node:util';
import { buildForEvm, buildMarket } from '../dist/testing/market/builds.js';
import { compareBuilds } from '../dist/testing/market/compare.js';
import { measureMarket, renderTable } from '../dist/testing/market/measure.js';

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
