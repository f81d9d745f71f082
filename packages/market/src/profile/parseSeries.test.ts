import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sum } from '../mechanism/common/split.js';
import { formatKwh } from '../units.js';
import { parseDayProfile } from './parseDayProfile.js';
import { parseSeries } from './parseSeries.js';

const file = 'fontana_ca_17homes_week_2017-07-01_07.csv';
const text = readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8');
const header = 'time,load01_kWh,load02_kWh,pv01_kWh,tariff_usd_per_kWh';
const table = (...lines: readonly string[]) => [header, ...lines].join('\n');
const parse = (...lines: readonly string[]) => parseSeries({ file: 'week.csv', text: table(...lines) });

describe('a series', () => {
  it('of a week holds its days as the day reader reads them, and the rates', () => {
    const week = parseSeries({ file, text });
    expect([week.homes.length, week.periods.length, week.periodSeconds]).toEqual([17, 168, 3_600n]);
    const day = parseDayProfile({ file, text, date: '2017-07-04' });
    const at = week.periods.findIndex(({ date }) => date === '2017-07-04');
    expect(week.homes.map(({ consumedMwh }) => consumedMwh.slice(at, at + 24))).toEqual(
      day.homes.map(({ consumedMwh }) => consumedMwh),
    );
    expect(week.rates.map(({ title }) => title)).toEqual(['tariff_usd_per_kWh', 'grid_kgCO2_per_kWh']);
    expect(new Set(week.rates[0]?.values)).toEqual(new Set([22n, 40n, 54n].map((cents) => cents * 10n ** 16n)));
  });

  it('begins and ends where it is told to', () => {
    const days = parseSeries({ file, text, from: '2017-07-03', to: '2017-07-04' });
    expect([days.periods.length, days.periods[0]?.date, days.periods.at(-1)?.label]).toEqual([
      48,
      '2017-07-03',
      '23:00',
    ]);
    expect(() => parseSeries({ file, text, from: '2018-07-03' })).toThrow(
      'it holds no day from 2018-07-03 to 2017-07-07',
    );
    expect(() => parseSeries({ file, text, from: '2017-02-30' })).toThrow('no such day');
    expect(() => parseSeries({ file: 'week.csv', text: table('7,1,1,1,1', '8,1,1,1,1'), from: '2017-07-04' })).toThrow(
      'no dates',
    );
  });

  it('of minutes over midnight', () => {
    const minutes = parse('2017-07-04T23:59,0.010,0.020,0,0.22', '2017-07-05T00:00,0.011,0.021,0,0.54');
    expect([minutes.periodSeconds, minutes.periods.map(({ date }) => date)]).toEqual([
      60n,
      ['2017-07-04', '2017-07-05'],
    ]);
    expect(formatKwh(sum(minutes.homes[1]?.consumedMwh ?? []))).toBe('0.041000');
  });

  it.each([
    [
      'a gap over midnight',
      ['2017-07-04T22:00,1,1,1,1', '2017-07-04T23:00,1,1,1,1', '2017-07-05T05:00,1,1,1,1'],
      'week.csv, line 4: there is a gap between 2017-07-04 23:00 and 2017-07-05 05:00',
    ],
    [
      'a rate that is no figure',
      ['2017-07-04T22:00,1,1,1,1', '2017-07-04T23:00,1,1,1,x'],
      'week.csv, line 3, column 5 (tariff_usd_per_kWh)',
    ],
    ['no line', [], 'week.csv: '],
    [
      'a strange length',
      ['2017-07-04T22:00,1,1,1,1', '2017-07-04T22:07,1,1,1,1'],
      'week.csv, line 3: it begins 7 minutes after',
    ],
  ])('refuses %s', (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });
});
