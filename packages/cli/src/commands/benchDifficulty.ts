import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type DifficultyReport,
  FRESH_BLOCKS,
  type FreshReport,
  measureDifficulty,
  type Recovery,
  renderDifficulty,
  type Spread,
} from '@wattchain/bench';
import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { parseWhole } from '../options.js';
import { formatTable, reportTable } from '../output.js';
import { addCommand } from '../program.js';

interface DifficultyOptions {
  readonly svg?: string;
  readonly seed: string;
}

/** Enough that a second seed gives the same figures within a few per cent; takes some seconds. */
const RUNS = 200;

/** `wattchain bench difficulty`: how the block interval answers when hash power changes. */
export function addDifficultyCommand(bench: Command): void {
  addCommand<DifficultyOptions>(
    bench,
    'difficulty',
    'simulate the difficulty rule: block intervals when hash power steps up or down, and after an outage',
    (command) =>
      command
        .option('--svg <file>', 'write the picture, block interval against time, to this file')
        .option('--seed <n>', 'another seed draws other solve times', '1'),
    async (output, options) => {
      const seed = parseWhole('--seed', options.seed, 0, 2 ** 32 - 1);
      output.progress(`simulating ${RUNS} chains for each scenario …`);
      const report = measureDifficulty({ runs: RUNS, seed });
      const svg = options.svg === undefined ? undefined : resolve(options.svg);
      if (svg !== undefined) writePicture(svg, report);
      reportTable(output, difficultyToJson(report, svg), describeDifficulty(report, svg));
    },
  );
}

/** How fresh networks begin, as a table. */
function describeFresh(fresh: readonly FreshReport[], runs: number): string[] {
  const rows = fresh.map(({ network, stampedWhenFound, stampedWhenBuilt }) => [
    network.name,
    stampedWhenFound.toFixed(3),
    stampedWhenBuilt.toFixed(3),
  ]);
  return [
    formatTable([['a fresh network', 'stamped when found', 'when built'], ...rows], [1, 2]),
    '',
    `Mean interval of its first ${FRESH_BLOCKS} blocks over ${runs} simulated chains, from when somebody mines, by whether a header's time`,
    'is when its block was found or when its template was built. Counted: the time before the first block in full, up to ten intervals.',
  ];
}

function writePicture(file: string, report: DifficultyReport): void {
  try {
    writeFileSync(file, renderDifficulty(report));
  } catch (cause) {
    throw new WattchainError('unwritableFile', `the picture ${file} cannot be written`, {
      values: { file },
      hint: 'check the path and who may write there',
      cause,
    });
  }
}

/** The figures without the points of the picture. */
function difficultyToJson({ scenarios, ...report }: DifficultyReport, svg: string | undefined): unknown {
  return {
    ...report,
    scenarios: scenarios.map(({ scenario, curve, sample, ...figures }) => ({
      name: scenario.name,
      what: scenario.what,
      ...figures,
    })),
    ...(svg === undefined ? {} : { svg }),
  };
}

/** The figures as a table; times and intervals are multiples of the block interval. */
export function describeDifficulty(report: DifficultyReport, svg: string | undefined): string {
  const seconds = report.blockIntervalMs / 1000;
  const digits = (value: number) =>
    value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  const spread = ({ median, p10, p90 }: Spread) => `${digits(median)} (${digits(p10)}–${digits(p90)})`;
  const whole = ({ median, p10, p90 }: Spread) => `${median} (${p10}–${p90})`;
  const recovery = ({ blocks, time }: Recovery) => `${blocks} in ${digits(time)}`;
  const heading = [
    '',
    'within 1.5 ×',
    'within 25 %',
    'within 10 %',
    'mean of first 12',
    'mean of first 36',
    'longest of 36',
    'blocks in first 40',
  ];
  const rows = report.scenarios.map((figures) => [
    figures.scenario.name,
    recovery(figures.backAgain),
    recovery(figures.to25Percent),
    recovery(figures.to10Percent),
    spread(figures.meanOfFirst12),
    spread(figures.meanOfFirst36),
    spread(figures.longestOfFirst36),
    whole(figures.blocksInFirst40),
  ]);
  const minutes = (40 * seconds) / 60;
  return [
    formatTable([heading, ...rows], [1, 2, 3, 4, 5, 6, 7]),
    '',
    ...report.scenarios
      // "× 4" says it all.
      .filter(({ scenario }) => !scenario.what.endsWith(scenario.name))
      .map(({ scenario }) => `${scenario.name}: ${scenario.what}`),
    '',
    `All times and means are in block intervals (${seconds} s); medians of ${report.runs} simulated chains, and where eight of ten lie.`,
    'within 1.5 ×, 25 % (10 %): how many blocks, in which time, until the mean interval of all chains is that near to the aim and stays there.',
    `blocks in first 40: blocks in the ${minutes} minutes after the change, for which 40 are planned.`,
    '',
    ...describeFresh(report.fresh, report.runs),
    '',
    `ASERT with a half-life of ${report.halfLifeMs / report.blockIntervalMs} intervals; seed ${report.seed}.`,
    ...(svg === undefined ? [] : [`written to ${svg}`]),
  ].join('\n');
}
