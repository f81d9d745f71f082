/**
 * Random days of the market in the machine and in the reference (test/vectors/market, in Python), compared after every act and every
 * block to the last unit.
 *
 *   npm run days -- --days 10000 --seed 1 [--from 0] [--state FILE]
 *   npm run days -- --days 24 --seed 2026 --record     writes them to test/vectors/market/days.jsonl
 *   npm run days -- --days 1000 --seed 1 --profit      days on which somebody tries everything to profit; needs no Python
 *
 * Ends with 1 when a day differs: it is shown as short as it can be found, and comes again with the same seed and `--from`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PARTIES } from '../dist/testing/days/party.js';
import { tryToProfit } from '../dist/testing/days/profit.js';
import { recordDays } from '../dist/testing/days/record.js';
import { runDays } from '../dist/testing/days/run.js';

const vectors = fileURLToPath(new URL('../../../test/vectors/market/', import.meta.url));
const reference = `${vectors}reference.py`;
const number = (text, name) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} takes a whole number, not "${text}"`);
  process.exit(2);
};
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    state: { type: 'string' },
    record: { type: 'boolean', default: false },
    profit: { type: 'boolean', default: false },
  },
});
const options = {
  days: number(values.days, 'days'),
  seed: number(values.seed, 'seed'),
  from: number(values.from, 'from'),
  reference,
};
const sentence = ({ days, acts, taken, agreed, disagreements }) =>
  `${days} days, ${acts} acts (${taken} taken): ${agreed} days agreed, ${disagreements} disagreements`;

function showDifference({ day, what, line, script }) {
  console.log(`\nseed ${options.seed}, day ${day}:`);
  for (const entry of script.slice(0, line + 1)) {
    const { people, coins, ...rules } = entry.rules ?? {};
    console.log(`  ${JSON.stringify(people === undefined ? entry : { ...entry, rules })}`);
  }
  console.log(`  ${what}\n`);
}

/** Whether nobody gains more than it is owed, on so many days of each party. */
function nobodyProfits({ days, seed, from }) {
  let gained = 0;
  let tried = 0;
  for (let day = from; day < from + days; day++) {
    for (const party of PARTIES) {
      const { gain, owed, fees, taken, left } = tryToProfit(seed * 1_000_000 + day, party);
      tried += taken;
      if (gain <= owed + fees && left === 0n) continue;
      gained += 1;
      console.log(
        `seed ${seed}, day ${day}, ${party.name}: gains ${gain}, is owed ${owed}, fees ${fees}; ${left} stay`,
      );
    }
    if ((day + 1) % 25 === 0) console.error(`${day + 1 - from} days`);
  }
  console.log(`seed ${seed}: ${days} days of ${PARTIES.length} parties, ${tried} acts taken: ${gained} profited`);
  return gained === 0;
}

try {
  if (values.profit) {
    process.exitCode = nobodyProfits(options) ? 0 : 1;
  } else if (values.record) {
    writeFileSync(`${vectors}days.jsonl`, await recordDays(options));
    console.log(`wrote ${options.days} days to ${vectors}days.jsonl`);
  } else {
    const report = await runDays({
      ...options,
      ...(values.state === undefined ? {} : { state: values.state }),
      onProgress: (progress) => console.error(sentence(progress)),
      onDifference: showDifference,
    });
    console.log(`seed ${options.seed}: ${sentence(report)}`);
    process.exitCode = report.disagreements === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error.hint === undefined ? error : `${error.message}; ${error.hint}`);
  process.exitCode = 2;
}
