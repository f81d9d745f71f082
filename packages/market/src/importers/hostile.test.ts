import { readFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sum } from '../mechanism/common/split.js';
import { DATA_FORMATS, type ImportFile, type ImportOptions } from './dataFile.js';
import { readCommunity } from './readCommunity.js';

const FOLDER = new URL('../../../../examples/community/formats/', import.meta.url);
const SAMPLES = [
  'meter-german.csv',
  'meter-registers.csv',
  'green-button.xml',
  'green-button.csv',
  'p1-export.csv',
  'p1-telegrams.txt',
  'gsy-e-load.csv',
  'lemlab.csv',
  'citylearn/Building_1.csv',
  'citylearn/schema.json',
  'pvgis-hourly.csv',
  'weather.epw',
].map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }));

/** What the files give: a community, or an error with a code and a hint; anything else is thrown on. */
function outcomeOf(files: readonly ImportFile[], options: ImportOptions = {}): 'read' | string {
  try {
    const { series } = readCommunity(files, options);
    for (const { producedMwh, consumedMwh } of series.homes) {
      expect([producedMwh.length, consumedMwh.length]).toEqual([series.periods.length, series.periods.length]);
      expect([...producedMwh, ...consumedMwh].every((energy) => energy >= 0n)).toBe(true);
    }
    series.periods.forEach(({ start }, index) => {
      if (index > 0) expect(start - (series.periods[index - 1]?.start ?? 0n)).toBe(series.periodSeconds);
    });
    return 'read';
  } catch (error) {
    if (!(error instanceof WattchainError)) throw error;
    expect(error.hint).toBeTruthy();
    expect(error.message.length).toBeLessThan(700);
    return error.code;
  }
}

const CODES = ['read', 'badData', 'badDayFile', 'gapInData'];

describe('hostile files', () => {
  const piece = fc.constantFrom(
    '',
    '\0',
    'NaN',
    '1e309',
    '-1',
    '999999999999999',
    '"',
    ';',
    ',',
    '\n',
    '<',
    '&x;',
    '24:00',
    '2024-02-30',
    '1,500',
    ' ',
    '\uFFFD',
    'x'.repeat(9_000),
    '2024-07-01T00:00',
    '-',
    '\u2212',
    '!',
    '/',
  );

  test('a sample with a part replaced is read or refused with a code and a hint', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.nat(),
        fc.nat(60),
        piece,
        fc.constantFrom(...DATA_FORMATS, undefined),
        ({ file, text }, at, length, put, format) => {
          const from = at % text.length;
          const changed = text.slice(0, from) + put + text.slice(from + length);
          expect(CODES).toContain(outcomeOf([{ file, text: changed }], { format, date: '2024-07-01', gaps: 'zero' }));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('lines that are left out, doubled or exchanged never give another sum without a word', () => {
    const samples = SAMPLES.filter(({ file }) => /meter-german|gsy|lemlab|green-button\.csv|pvgis/.test(file));
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.constantFrom('out', 'twice', 'exchange'),
        ({ file, text }, at, how) => {
          const lines = text.trimEnd().split(/\r?\n/);
          // Lines of figures alone: a header or legend that changes is another matter.
          const figures = lines.flatMap((line, index) =>
            /^(Electric usage|\d)/.test(line) && index > 0 ? [index] : [],
          );
          const index = figures[1 + (at % (figures.length - 2))] as number;
          const line = lines[index] as string;
          if (how === 'out') lines.splice(index, 1);
          else if (how === 'twice') lines.splice(index, 0, line);
          else lines.splice(index, 2, lines[index + 1] as string, line);
          const changed = [{ file, text: lines.join('\n') }];
          expect(outcomeOf(changed, { date: '2024-07-01' })).toMatch(/^(badData|gapInData)$/);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any bytes as text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 })),
        fc.constantFrom(...DATA_FORMATS, undefined),
        (text, format) => {
          expect(CODES).toContain(outcomeOf([{ file: 'own', text }], { format }));
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['nothing', '', /empty|no home/],
    ['a header alone', 'start,load kWh', /no line of it is a header/],
    [
      'a negative load',
      'start,load kWh\n2024-07-01T00:00,1\n2024-07-01T01:00,-2',
      /line 3, column 2 \(load kWh\): "-2" is negative/,
    ],
    [
      'more than a double holds',
      'start,load kWh\n2024-07-01T00:00,1\n2024-07-01T01:00,1e309',
      /line 3, column 2 .*exponent/,
    ],
    [
      'a gigawatt',
      'start,load W\n2024-07-01T00:00,1\n2024-07-01T01:00,1e13',
      /line 3, column 2 \(load W\).*gigawatt-hour/,
    ],
    [
      'two units',
      'start,load,unit\n2024-07-01T00:00,1,kWh\n2024-07-01T01:00,2,Wh',
      /line 3, column 3 \(unit\): its unit is "Wh", that of line 2 "kWh"/,
    ],
    [
      'megawatts',
      'start,load MWh\n2024-07-01T00:00,1\n2024-07-01T01:00,2',
      /column 2 \(load MWh\): its unit "MWh" is none/,
    ],
    ['no unit', 'start,load\n2024-07-01T00:00,1\n2024-07-01T01:00,2', /column 2 \(load\): its unit is unknown/],
    ['thousands or a fraction', 'start;load kWh\n2024-07-01T00:00;1,500\n2024-07-01T01:00;2,500', /1500 or 1\.500/],
    [
      'a register that falls',
      'start,meter reading import kWh\n2024-07-01T00:00,500\n2024-07-01T01:00,400',
      /line 3 .*falls from 500/,
    ],
    [
      'a register that does not say so',
      `start,load kWh\n${Array.from({ length: 14 }, (_, hour) => `2024-07-01T${String(hour).padStart(2, '0')}:00,${500 + hour}`).join('\n')}`,
      /--figures registers/,
    ],
    ['an odd length', 'start,load kWh\n2024-07-01T00:00,1\n2024-07-01T00:07,1', /periods are hours/],
    ['unaligned periods', 'start,load kWh\n2024-07-01T00:07,1\n2024-07-01T01:07,1', /420 seconds after/],
    [
      'a mixture of offsets',
      'start,load kWh\n2024-07-01T00:00Z,1\n2024-07-01T01:00,1',
      /line 3: its time is written differently/,
    ],
    ['a document type', '<!DOCTYPE feed [<!ENTITY a "b">]><feed>naesb.org/espi</feed>', /document type/],
    ['deep nesting', `<feed>IntervalBlock${'<a>'.repeat(40)}`, /nested deeper than 32/],
    ['a page', '<!doctype html><html></html>', /web page/],
    [
      'a rate without a home',
      'start,price_eur_per_kwh\n2024-07-01T00:00Z,0.3\n2024-07-01T01:00Z,0.2',
      /line 1: no column holds energies/,
    ],
    [
      'a figure without end',
      `start,a_load_kWh,b_load_kWh\n2024-07-01T00:00Z,1,2\n2024-07-01T01:00Z,1,0.${'1'.repeat(200_000)}`,
      /line 3, column 3: the line is longer than 65792 characters/,
    ],
    ['a year of seconds', `start,load kWh\n${'2024-07-01T00:00,1\n'.repeat(3)}`, /its time is that of line 2/],
  ])('refuses %s', (_, text, message) => {
    let seen = '';
    try {
      readCommunity([{ file: 'own.csv', text }]);
    } catch (error) {
      if (!(error instanceof WattchainError)) throw error;
      seen = `${error.message} ${error.hint}`;
    }
    expect(seen).toMatch(message);
  });

  test('more than ten million homes times periods are refused with the figure', () => {
    const start = (home: string, year: number) => ({
      file: `${home}.csv`,
      text: `start,load kWh\n${year}-01-01T00:00Z,1\n${year}-01-01T00:01Z,1`,
      home,
    });
    expect(() => readCommunity([start('a', 1990), start('b', 2020)])).toThrow(/2 homes in \d+ periods are \d+/);
  });

  /** A day file of homes with two columns each. */
  const wide = (homes: number) => {
    const titles = Array.from(
      { length: homes },
      (_, home) => `load_home${home + 1}_kWh,production_home${home + 1}_kWh`,
    );
    const rows = ['2017-07-01T00:00', '2017-07-01T01:00'].map((time) => `${time},0.2${',0.25,0.5'.repeat(homes)}`);
    return { file: 'wide.csv', text: `time,tariff_usd_per_kWh,${titles.join(',')}\n${rows.join('\n')}\n` };
  };

  test('a thousand homes stand in one file, more are refused with the figure', () => {
    const { series } = readCommunity([wide(1_000)]);
    expect(series.homes.length).toBe(1_000);
    expect(series.homes.at(-1)?.producedMwh).toEqual([500_000n, 500_000n]);
    expect(() => readCommunity([wide(1_001)])).toThrow('wide.csv, line 1: it has 1001 homes');
    expect(() => readCommunity([wide(1_100)])).toThrow('wide.csv, line 1: it has 1100 homes in 2202 columns');
    const others = { ...wide(600), file: 'more.csv' };
    others.text = others.text.replace(/_home(\d+)_/g, '_flat$1_');
    expect(() => readCommunity([wide(600), others])).toThrow('the data: it has 1200 homes');
  });

  test.each([5_000, 20_000])('a file of %i homes is refused with how many there are and may be', (homes) => {
    let refused: unknown;
    try {
      readCommunity([wide(homes)]);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({
      code: 'badDayFile',
      message: `wide.csv, line 1: it has ${homes} homes in ${2 * homes + 2} columns`,
      hint: expect.stringContaining('the limit is 1000 homes') as string,
    });
  });

  test('a register that rolls over counts on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 6 }),
        fc.array(fc.nat(9_999), { minLength: 12, maxLength: 40 }),
        fc.nat(200),
        (digits, steps, before) => {
          const full = 10 ** digits * 1_000;
          let shown = full - 1_000 - before;
          const rows = [
            shown,
            ...steps.map((step) => {
              shown = (shown + step) % full;
              return shown;
            }),
          ];
          const text = [
            'time,register import Wh',
            ...rows.map((value, hour) => `${1_719_792_000 + hour * 3_600},${value}`),
          ].join('\n');
          const { series } = readCommunity([{ file: 'own.csv', text }]);
          expect(sum(series.homes[0]?.consumedMwh ?? [])).toBe(BigInt(steps.reduce((a, b) => a + b, 0)) * 1_000n);
        },
      ),
      { numRuns: 60 },
    );
  });
});
