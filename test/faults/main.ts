/**
 * Kills processes at random points and looks what is left.
 *
 *   npm run faults -- --kills 200 [--seed N] [--from N] [--state FILE] [--json]
 *   npm run faults -- --disk [--seed N] [--json]       what a disk can do to files, one after the other
 *
 * `--kills` counts those of the state file too, so that the same command with a larger number goes on. Exit code 0: all is as it must be;
 * 1: something is not, and its files are kept; 2: usage.
 */
import { parseArgs } from 'node:util';
import { WattchainError } from '@wattchain/core';
import { type CrashReport, missedPlaces, runCrashes } from './crashLoop.js';
import { runDiskFaults } from './diskFaults.js';
import { PLACES } from './killed.js';

const EXIT = { violated: 1, usage: 2 } as const;

function readOptions() {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      state: { type: 'string' },
      disk: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'kills' | 'seed' | 'from') => {
    const value = Number(values[name]);
    if (Number.isSafeInteger(value) && value >= 0 && values[name] !== '') return value;
    throw new WattchainError('usage', `--${name} takes a whole number, not "${values[name]}"`);
  };
  const { state, disk, json } = values;
  return { kills: number('kills'), seed: number('seed'), from: number('from'), state, disk, json };
}

function sentenceOf({ kills, places, oldHeads, newHeads, shown }: CrashReport): string {
  const fell = PLACES.map((place) => `${place} ${places[place]}`).join(', ');
  return `${kills} kills: ${fell}; head on its way: old ${oldHeads}, new ${newHeads}; ${shown} heads shown before, none may be lost`;
}

function print(report: CrashReport, json: boolean): void {
  const missed = missedPlaces(report);
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...report, missed }, undefined, 2)}\n`);
    return;
  }
  for (const { kill, aim, detail, folder, again } of report.violations)
    console.log(
      `violation: seed ${report.seed}, kill ${kill} (${aim ?? 'end of its round'}): ${detail}\n  files: ${folder}\n  again: ${again}`,
    );
  if (missed.length > 0) console.log(`violation: no kill fell in ${missed.join(', ')}`);
  console.log(
    `faults: seed ${report.seed}, ${sentenceOf(report)}; ${report.violations.length + missed.length} violations`,
  );
}

async function playDisk(seed: number, json: boolean): Promise<boolean> {
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  if (!json) line(['fault', 'running node', 'next start', 'reindex']);
  const rows = await runDiskFaults(seed, ({ name, running, start, reindex, wrong }) => {
    if (json) return;
    line([name, running, start, reindex]);
    for (const sentence of wrong) console.log(`violation: ${sentence}`);
  });
  if (json) process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  return rows.every(({ wrong }) => wrong.length === 0);
}

async function playKills({ state, json, ...numbers }: Omit<ReturnType<typeof readOptions>, 'disk'>): Promise<boolean> {
  const report = await runCrashes({
    ...numbers,
    ...(state === undefined ? {} : { state }),
    ...(process.stderr.isTTY && !json
      ? { onProgress: (soFar: CrashReport) => process.stderr.write(`\r${sentenceOf(soFar)}`) }
      : {}),
  });
  if (process.stderr.isTTY && !json) process.stderr.write('\n');
  print(report, json);
  return report.violations.length === 0 && missedPlaces(report).length === 0;
}

try {
  const { disk, ...options } = readOptions();
  const isRight = disk ? await playDisk(options.seed, options.json) : await playKills(options);
  process.exitCode = isRight ? 0 : EXIT.violated;
} catch (error) {
  const isUsage = error instanceof WattchainError || (error instanceof TypeError && 'code' in error);
  if (!isUsage) throw error;
  const hint = error instanceof WattchainError && error.hint !== undefined ? `; ${error.hint}` : '';
  console.error(`${error.message}${hint}`);
  process.exitCode = EXIT.usage;
}
