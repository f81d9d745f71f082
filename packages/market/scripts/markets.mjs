/**
 * Random communities under every market rule, by packages/market/src/mechanism and by the reference (test/vectors/market/markets.py),
 * compared to the last unit.
 *
 *   npm run markets -- --communities 10000 --seed 1 [--from 0] [--state FILE]
 *   npm run markets -- --communities 40 --seed 2026 --record     writes them to test/vectors/market/markets.jsonl
 *
 * Ends with 1 when a community differs: it comes again with the same seed and `--from`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { recordMarkets, runMarkets } from '../dist/testing/markets/run.js';

const vectors = fileURLToPath(new URL('../../../test/vectors/market/', import.meta.url));
const number = (text, name) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} takes a whole number, not "${text}"`);
  process.exit(2);
};
const { values } = parseArgs({
  options: {
    communities: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    state: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
const options = {
  communities: number(values.communities, 'communities'),
  seed: number(values.seed, 'seed'),
  from: number(values.from, 'from'),
  reference: `${vectors}markets.py`,
};
const sentence = ({ communities, agreed, disagreements }) =>
  `${communities} communities: ${agreed} agreed, ${disagreements} disagreements`;

try {
  if (values.record) {
    writeFileSync(`${vectors}markets.jsonl`, await recordMarkets(options));
    console.log(`wrote ${options.communities} communities to ${vectors}markets.jsonl`);
  } else {
    const report = await runMarkets({
      ...options,
      ...(values.state === undefined ? {} : { state: values.state }),
      onProgress: (progress) => console.error(sentence(progress)),
      onDifference: (community, what) => console.log(`seed ${options.seed}, community ${community}: ${what}`),
    });
    console.log(`seed ${options.seed}: ${sentence(report)}`);
    process.exitCode = report.disagreements === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error.hint === undefined ? error : `${error.message}; ${error.hint}`);
  process.exitCode = 2;
}
