/**
 * Compares our machine with the EVM: every contract of the corpus, or random programs, random calls, call by call.
 *
 *   npm run differential -- --calls 100000 --seed 1 [--contract NAME [--from SEQUENCE]]
 *   npm run differential -- --programs 1000 --seed 1
 *
 * Ends with 1 when the machines disagree; what it prints runs again with the same numbers.
 */
import { parseArgs } from 'node:util';
import { runDifferential } from '../dist/testing/differential.js';
import { runPrograms } from '../dist/testing/programs/run.js';
import { corpusFiles, subjectOf } from '../dist/testing/subjects.js';

const number = (text, name) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} takes a whole number, not "${text}"`);
  process.exit(2);
};
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    contract: { type: 'string' },
    from: { type: 'string', default: '0' },
    programs: { type: 'string' },
  },
});
const seed = number(values.seed, 'seed');
const from = number(values.from, 'from');

function showDifference(name, { steps, what, sequence }) {
  console.log(`\n${name}, seed ${seed}, sequence ${sequence}:`);
  for (const step of steps) console.log(`  ${step}`);
  console.log(`  ${what}\n`);
}

function showCounts(counts) {
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}

async function compareCorpus() {
  const files = corpusFiles().filter(({ name }) => values.contract === undefined || name === `${values.contract}.sol`);
  if (files.length === 0) {
    console.error(`the corpus has no ${values.contract}; it has ${corpusFiles().map(({ name }) => name.slice(0, -4))}`);
    process.exit(2);
  }
  const calls = Math.ceil(number(values.calls, 'calls') / files.length);
  const byDesign = new Map();
  let agreed = 0;
  let disagreements = 0;
  for (const file of files) {
    const name = file.name.slice(0, -4);
    try {
      const subject = subjectOf(file, 'ir');
      const report = await runDifferential({ subject, seed, calls, from });
      const succeeded = [...report.succeeded.values()].reduce((sum, count) => sum + count, 0);
      const functions = subject.contracts.flatMap((contract) =>
        contract.abi.filter(({ type }) => type === 'function').map((entry) => `${contract.name}.${entry.name}`),
      );
      const never = [...new Set(functions)].filter((entry) => !report.succeeded.has(entry));
      agreed += report.agreed;
      for (const [rule, count] of report.byDesign) byDesign.set(rule, (byDesign.get(rule) ?? 0) + count);
      const notes = [showCounts(report.byDesign), never.length > 0 ? `never succeeded: ${never.join(' ')}` : ''];
      console.log(
        `${name.padEnd(16)} ${report.agreed} calls agreed, ${succeeded} of them succeeded  ${notes.filter(Boolean).join('; ')}`,
      );
      if (report.difference === undefined) continue;
      disagreements += 1;
      showDifference(`--contract ${name}`, report.difference);
    } catch (error) {
      disagreements += 1;
      console.log(`${name.padEnd(16)} ${error.message}`);
    }
  }
  console.log(`${agreed} calls agreed on ${files.length} files, ${disagreements} files do not agree`);
  console.log(`differences by design: ${showCounts(byDesign) || 'none'}`);
  return disagreements === 0;
}

async function comparePrograms() {
  const report = await runPrograms({
    seed,
    from,
    programs: number(values.programs, 'programs'),
    onProgress: (text) => console.log(text),
  });
  console.log(
    `${report.agreed} programs agreed in ${report.calls} calls, ${report.dropped} dropped because solc's own code generators differ`,
  );
  for (const { program, text, difference } of report.differences) {
    console.log(text);
    showDifference(`program ${program}`, difference);
  }
  return report.differences.length === 0;
}

process.exitCode = (values.programs === undefined ? await compareCorpus() : await comparePrograms()) ? 0 : 1;
