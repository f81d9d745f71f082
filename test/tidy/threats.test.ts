/** Every test that a document about threats names exists, and the threat model has every row of its catalogue. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sourcesBelow } from './sources.js';

/** Rows of the catalogue of attacks and faults. */
const CATALOGUE = 80;
const NAMED = /^`([\w.]+\.test\.ts)`: (.+)$/;

/** The rows of the tables whose last column is headed `test`, cell by cell. */
function rowsOf(document: string): string[][] {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8');
  const rows: string[][] = [];
  let isAboutTests = false;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) {
      isAboutTests = false;
      continue;
    }
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    if (cells.at(-1) === 'test') isAboutTests = true;
    else if (isAboutTests && !/^-+$/.test(cells[0] as string)) rows.push(cells);
  }
  return rows;
}

/** Sources with what stands between a call and its first text on one line. */
const tests = [...sourcesBelow('packages'), ...sourcesBelow('test')]
  .filter(({ path }) => path.endsWith('.test.ts'))
  .map(({ path, text }) => ({ path, text: text.replaceAll("\\'", "'").replace(/([([])\s+(?=['"`])/g, '$1') }));

/** Whether there is such a test, or such a row of a table of tests. */
function isTest(name: string): boolean {
  const [, file = '', title = ''] = NAMED.exec(name) ?? [];
  const isIn = (text: string) =>
    ["'", '"', '`'].some((quote) => ['(', '['].some((before) => text.includes(`${before}${quote}${title}${quote},`)));
  return title !== '' && tests.some(({ path, text }) => path.endsWith(`/${file}`) && isIn(text));
}

describe.each([
  ['docs/contracts/threats.md', 20],
  ['docs/threat-model.md', CATALOGUE],
])('%s', (document, least) => {
  const rows = rowsOf(document);

  test('names a test that there is in each row', () => {
    expect(rows.length).toBeGreaterThanOrEqual(least);
    const names = rows.flatMap((cells) => (cells.at(-1) as string).split('<br>'));
    const missing = names.filter((name) => !isTest(name));
    expect(missing, 'each is `file.test.ts`: the title of a test in it; several are parted by <br>').toEqual([]);
  });
});

test('the threat model has every row of the catalogue once', () => {
  const numbers = rowsOf('docs/threat-model.md').map(([number]) => Number(number));
  expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: CATALOGUE }, (_, i) => i + 1));
});
