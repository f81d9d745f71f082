/** Every test that docs/contracts/threats.md names exists. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourcesBelow } from './sources.js';

const ROW = /^\|(?: [^|]* \|){2} (.+) \|$/gm;
const NAMED = /^`([\w.]+\.test\.ts)`: (.+)$/;

test('each line about a threat names a test that there is', () => {
  const document = readFileSync(new URL('../../docs/contracts/threats.md', import.meta.url), 'utf8');
  const cells = [...document.matchAll(ROW)].map(([, cell = '']) => cell);
  const rows = cells.filter((cell) => cell !== 'test' && cell !== '---');
  expect(rows.length).toBeGreaterThan(20);
  const tests = [...sourcesBelow('packages'), ...sourcesBelow('test')].filter(({ path }) => path.endsWith('.test.ts'));
  const missing = rows.filter((row) => {
    const [, file = '', title = ''] = NAMED.exec(row) ?? [];
    return !tests.some(
      ({ path, text }) =>
        path.endsWith(`/${file}`) &&
        ["'", '"', '`'].some((quote) => text.replaceAll("\\'", "'").includes(`(${quote}${title}${quote}, `)),
    );
  });
  expect(missing, 'each row ends with `file.test.ts`: the title of a test in it').toEqual([]);
});
