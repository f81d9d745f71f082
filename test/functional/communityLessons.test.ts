/** The lessons of examples/community: the commands of each page run, and give the tables that follow them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root, wattchain } from './framework.js';

const folder = join(root, 'examples', 'community');
const directory = mkdtempSync(join(tmpdir(), 'wattchain-lessons-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const pages = readdirSync(folder).filter((name) => /^\d.*\.md$/.test(name));

/** A command of a page, which writes into a folder of the test's, and what the page says after it. */
interface Step {
  readonly args: readonly string[];
  readonly out: string;
  readonly text: string;
}

/** The community's commands of a page in their order; other commands have tests of their own. */
function stepsOf(page: string): Step[] {
  return page.split(/^```sh$/m).flatMap((part): Step[] => {
    const line = /^\nnpx wattchain (community .*)\n```/.exec(part)?.[1];
    if (line === undefined) return [];
    const out = join(directory, /--out \.wattchain\/(\S+)/.exec(line)?.[1] ?? '');
    return [{ args: line.replace(/--out \S+/, `--out ${out}`).split(' '), out, text: part }];
  });
}

/** Tables of a page whose first column is the rule, or the label of a resolution: titles, and rows of cells. */
function tablesOf(page: string): { titles: string[]; rows: string[][] }[] {
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  return [...page.matchAll(/^\| (?:rule|label) \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/gm)].map(([table, body = '']) => ({
    titles: cells(table.split('\n')[0] ?? ''),
    rows: body.trim().split('\n').map(cells),
  }));
}

/** A file of comma-separated values as rows by title; quoted cells hold no line ends here. */
function readCsv(file: string): Record<string, string>[] {
  const cells = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [titles = [], ...rows] = readFileSync(file, 'utf8').trim().split('\n').map(cells);
  return rows.map((row) => Object.fromEntries(titles.map((title, column) => [title, row[column] ?? ''])));
}

/** What resolutions gave, money in the currency. */
function readResolutions(file: string): Record<string, string>[] {
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: Record<string, string>[] };
  return rows.map((row) => ({ ...row, money: String(Number(row.money) / 1e18) }));
}

/** Rows that a page shows, and the same of the result in the page's digits. */
function compared(page: string, out: string): { shown: string[][]; given: string[][] } {
  const shown: string[][] = [];
  const given: string[][] = [];
  for (const { titles, rows } of tablesOf(page)) {
    const key = titles.slice(0, titles[0] === 'label' || titles[1] === 'home' ? 2 : 1);
    const result =
      titles[0] === 'label'
        ? readResolutions(join(out, 'resolution.json'))
        : readCsv(join(out, key.length === 2 ? 'bills.csv' : 'indicators.csv'));
    for (const row of rows) {
      const found = result.find((each) => key.every((title, column) => each[title] === row[column]));
      shown.push(row);
      given.push(
        titles.map((title, column) => {
          const digits = /^-?\d+\.(\d+)$/.exec(row[column] ?? '')?.[1]?.length;
          const value = found?.[title] ?? '';
          return digits === undefined ? value : Number(value).toFixed(digits);
        }),
      );
    }
  }
  return { shown, given };
}

const steps = pages.flatMap((name) =>
  stepsOf(readFileSync(join(folder, name), 'utf8')).map((step) => ({
    name: `${name}: ${step.out.replace(directory, '')}`,
    step,
  })),
);

describe.each(steps)('$name', ({ step: { args, out, text } }) => {
  test('the command gives the tables after it', async () => {
    const { code, stderr } = await wattchain(args);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const { shown, given } = compared(text, out);
    expect(shown.length).toBeGreaterThan(0);
    expect(given).toEqual(shown);
  });
});

test('there are four', () => {
  expect(pages.map((name) => name.slice(0, 1))).toEqual(['1', '2', '3', '4']);
});
