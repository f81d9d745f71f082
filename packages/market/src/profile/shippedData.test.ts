/** The data that ships with the project holds what its documentation says; expected figures come from an independent script. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatShare } from '../community/energyFigures.js';
import { formatKwh, parseKwh } from '../units.js';
import { communityTotals } from './energyTotals.js';
import { parseDayProfile } from './parseDayProfile.js';
import { tradesByRule } from './tradesByRule.js';

const textOf = (file: string) => readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8');
const cellsOf = (file: string) =>
  textOf(file)
    .trim()
    .split('\n')
    .map((line) => line.split(','));
const FOUR_HOMES = 'testbed_4homes_4july.csv';
const FONTANA = 'fontana_ca_17homes_week_2017-07-01_07.csv';
const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

describe('one prosumer and three consumers', () => {
  const day = parseDayProfile({ file: FOUR_HOMES, text: textOf(FOUR_HOMES) });

  test("the production column is the prosumer's", () => {
    expect(day.homes.map(({ name }) => name)).toEqual(['prosumer', 'consumerA', 'consumerB', 'consumerC']);
    expect(formatKwh(sum(day.homes[0]?.producedMwh ?? []))).toBe('30.148000');
  });

  test('17.95 kWh of surplus, 91.57 kWh of demand of the three consumers', () => {
    const { surplusMwh } = communityTotals(day, []);
    const demandMwh = sum(day.homes.slice(1).flatMap(({ consumedMwh }) => consumedMwh));
    expect(formatKwh(surplusMwh)).toBe('17.949000');
    expect(formatKwh(demandMwh)).toBe('91.569000');
  });

  test("its production is the model of San Diego's 4 July", () => {
    const modelled = cellsOf('san_diego_tmy3_722900_jul4-6.csv').slice(1);
    const dayTotals = [4, 5, 6].map((date) =>
      sum(modelled.filter((cells) => cells[2] === String(date)).map((cells) => parseKwh(cells[9] ?? ''))),
    );
    expect(dayTotals.map(formatKwh)).toEqual(['30.148000', '23.085000', '26.359000']);
  });
});

describe('seventeen homes', () => {
  test.each(['01', '02', '03', '04', '05', '06', '07'])(
    'every day of the week from 1 July 2017 is whole: %s',
    (date) => {
      const day = parseDayProfile({ file: FONTANA, text: textOf(FONTANA), date: `2017-07-${date}` });
      expect([day.homes.length, day.periods.length, day.daysInFile]).toEqual([17, 24, 7]);
      const trades = tradesByRule(day);
      const totals = communityTotals(day, trades);
      expect(totals.soldMwh).toBe(totals.boughtMwh);
      expect(totals.soldMwh).toBeLessThanOrEqual(totals.surplusMwh);
    },
  );

  test('the 4 July, figure by figure', () => {
    const day = parseDayProfile({ file: FONTANA, text: textOf(FONTANA), date: '2017-07-04' });
    const trades = tradesByRule(day);
    const totals = communityTotals(day, trades);
    const { readings, missing, ...energies } = totals;
    expect(Object.fromEntries(Object.entries(energies).map(([name, mwh]) => [name, formatKwh(mwh)]))).toEqual({
      producedMwh: '398.059000',
      consumedMwh: '614.828000',
      ownUseMwh: '281.881000',
      surplusMwh: '116.178000',
      needMwh: '332.947000',
      soldMwh: '74.203000',
      boughtMwh: '74.203000',
      coveredMwh: '356.084000',
      usedMwh: '356.084000',
    });
    expect([readings, missing]).toEqual([17 * 24, 0]);
    expect(trades).toHaveLength(130);
    expect(formatShare(totals.ownUseMwh, totals.consumedMwh)).toBe('45.8 %');
    expect(formatShare(totals.ownUseMwh + totals.soldMwh, totals.consumedMwh)).toBe('57.9 %');
    expect(formatShare(totals.ownUseMwh + totals.soldMwh, totals.producedMwh)).toBe('89.5 %');
  });
});
