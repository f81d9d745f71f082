/** The simulation of the difficulty rule as a command; what its figures should be is tested beside it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wattchain } from './framework.js';

test('wattchain bench difficulty gives its figures and writes its picture', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wattchain-difficulty-'));
  const svg = join(directory, 'difficulty.svg');
  const { stdout, stderr, code } = await wattchain(['bench', 'difficulty', '--json', '--seed', '3', '--svg', svg]);
  const picture = readFileSync(svg, 'utf8');
  rmSync(directory, { recursive: true });
  expect([stderr, code]).toEqual(['', 0]);
  const report = JSON.parse(stdout) as {
    scenarios: { name: string; curve?: unknown }[];
    fresh: unknown[];
  };
  expect(report).toMatchObject({ blockIntervalMs: 15_000, halfLifeMs: 540_000, runs: 200, seed: 3, svg });
  expect(report.scenarios.map(({ name }) => name)).toEqual([
    'constant',
    'half back',
    '× 4',
    '÷ 4',
    '× 10',
    '÷ 10',
    '× 1000',
    'outage',
    'outage, no cap',
    'clocks back',
    'clocks forward',
    'late dates',
    'early dates',
  ]);
  expect(report.scenarios[0]?.curve).toBeUndefined();
  expect(report.fresh[0]).toMatchObject({
    network: { name: 'miners at once' },
    stampedWhenBuilt: expect.closeTo(1, 1),
  });
  expect(picture).toMatch(/^<svg [\s\S]*median of 200 runs[\s\S]*<\/svg>\n$/);
});
