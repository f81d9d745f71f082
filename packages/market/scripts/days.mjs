/**
 * Random days of the market in the machine and in the reference (test/vectors/market, in Python), compared after every act and every
 * block to the last unit.
 *
 *   npm run days -- --days 10000 --seed 1 [--from 0] [--state FILE]
 *   npm run days -- --days 12 --seed 1 --record     writes them to test/vectors/market/days.jsonl
 *
 * Ends with 1 when a day differs: it is shown as short as it can be found, and comes again with the same seed and `--from`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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
  for (const entry of script.slice(0, line + 1)) console.log(`  ${JSON.stringify(entry)}`);
  console.log(`  ${what}\n`);
}

try {
  if (values.record) {
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
