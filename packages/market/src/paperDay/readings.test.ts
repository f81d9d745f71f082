import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatKwh, parseKwh } from '../units.js';
import { MODELLED_NODE_1, PAPER_READINGS } from './readings.js';
import { PAPER_TABLE } from './table.js';

test('the model of node 1 is the file that ships', () => {
  const file = readFileSync(new URL('../../data/testbed_4homes_4july.csv', import.meta.url), 'utf8');
  const rows = file
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  expect(MODELLED_NODE_1.map((pair) => pair.map(formatKwh))).toEqual(
    rows.map(([, produced = '', load = '']) => [formatKwh(parseKwh(produced)), formatKwh(parseKwh(load))]),
  );
});

test('production less consumption is the paper’s surplus in every hour, and consumption is never negative', () => {
  PAPER_READINGS.node1.forEach((reading, hour) => {
    const rest = reading.producedMwh - reading.consumedMwh;
    expect(rest > 0n ? rest : 0n).toBe(PAPER_TABLE[hour]?.surplusMwh);
    expect(reading.consumedMwh >= 0n).toBe(true);
  });
});
