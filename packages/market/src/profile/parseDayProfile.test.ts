import { WattchainError } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { communityClock, WALL_CLOCK } from '../input/zone.js';
import { parseDayProfile } from './parseDayProfile.js';

const HEADER = 'hour,load01_kWh,pv01_kWh,load02_kWh';
const parse = (text: string, date?: string) => parseDayProfile({ file: 'day.csv', text, ...(date ? { date } : {}) });

/** The message and the hint of the error that a text gives. */
function slipOf(text: string, date?: string): { message: string; hint: string | undefined } {
  try {
    parse(text, date);
  } catch (error) {
    if (error instanceof WattchainError && error.code === 'badDayFile') return error;
    throw error;
  }
  throw new TypeError('the text was read without an error');
}

const lines = (...rows: string[]) => [HEADER, ...rows].join('\n');

describe('what is read', () => {
  test('loads and production of each home, in milliwatt-hours', () => {
    const day = parse(lines('7,0.000001,1.5,2', '8,0.1,0,0.25'));
    expect(day.homes).toEqual([
      { name: 'home01', producedMwh: [1_500_000n, 0n], consumedMwh: [1n, 100_000n] },
      { name: 'home02', producedMwh: [0n, 0n], consumedMwh: [2_000_000n, 250_000n] },
    ]);
    expect(day.periods).toEqual([
      { start: 25_200n, label: '07:00' },
      { start: 28_800n, label: '08:00' },
    ]);
    expect(day).toMatchObject({ date: undefined, periodSeconds: 3_600n, daysInFile: 1, ignoredColumns: [] });
  });

  test('units, words and names as headers write them, quoted cells, a byte order mark and empty lines', () => {
    const text =
      '\uFEFF"start, local",ann_consumption_Wh,ann_production_mWh,"bob, 2_load_WH",price_eur_per_kWh\r\n\r\n0:00,1.5,7,0,1\r\n0:15,2,8,3,1\r\n';
    const day = parse(text);
    expect(day.homes).toEqual([
      { name: 'ann', producedMwh: [7n, 8n], consumedMwh: [1_500n, 2_000n] },
      { name: 'bob, 2', producedMwh: [0n, 0n], consumedMwh: [0n, 3_000n] },
    ]);
    expect(day.periodSeconds).toBe(900n);
    expect(day.ignoredColumns).toEqual(['price_eur_per_kWh']);
  });

  test('one day of several, and a date for times without one', () => {
    const text = lines('2017-07-03T23:00,1,0,1', '2017-07-04T00:00,2,0,2', '2017-07-04 01:00:00,3,0,3');
    const day = parse(text, '2017-07-04');
    expect(day).toMatchObject({ date: '2017-07-04', daysInFile: 2 });
    expect(day.homes[0]?.consumedMwh).toEqual([2_000_000n, 3_000_000n]);
    // 2017-07-04T00:00Z by `date -u -d 2017-07-04 +%s`.
    expect(day.periods.map(({ start }) => start)).toEqual([1_499_126_400n, 1_499_130_000n]);
    expect(parse(lines('0,1,0,1', '1,1,0,1'), '2017-07-04').periods[1]?.start).toBe(1_499_130_000n);
  });

  test('a day of 25 hours when its times have offsets', () => {
    const hours = ['00:00-07:00', '01:00-07:00', '01:00-08:00', '02:00-08:00'];
    const day = parse(lines(...hours.map((hour) => `2017-11-05T${hour},1,0,1`)));
    expect(day.periods.map(({ label }) => label)).toEqual(['00:00', '01:00', '01:00', '02:00']);
    expect(day.periods.map(({ start }) => start - (day.periods[0]?.start ?? 0n))).toEqual([
      0n,
      3_600n,
      7_200n,
      10_800n,
    ]);
  });
});

describe('the zone that a day is told in', () => {
  const BERLIN = communityClock({
    kind: 'offsets',
    offsets: [
      { fromSeconds: 0, offsetSeconds: 3_600 },
      { fromSeconds: 1_490_490_000, offsetSeconds: 7_200 },
      { fromSeconds: 1_509_238_800, offsetSeconds: 3_600 },
    ],
  });
  const parseIn = (rows: readonly string[], date?: string) =>
    parseDayProfile({ file: 'day.csv', text: lines(...rows), clock: BERLIN, ...(date ? { date } : {}) });
  const labelsOf = (day: { readonly periods: readonly { readonly label: string }[] }) =>
    day.periods.map(({ label }) => label).join(' ');

  test('is the wall clock as written, or what the offsets say', () => {
    expect(parse(lines('7,1,0,1', '8,1,0,1')).zone).toEqual({ kind: 'wall' });
    expect(parse(lines('2017-07-04T07:00,1,0,1', '2017-07-04T08:00,1,0,1')).zone).toEqual({ kind: 'wall' });
    const offset = (hours: readonly string[]) => parse(lines(...hours.map((hour) => `2017-11-05T${hour},1,0,1`))).zone;
    expect(offset(['07:00:00.000Z', '08:00:00.000Z'])).toEqual({
      kind: 'offsets',
      offsets: [{ fromSeconds: 1_509_865_200, offsetSeconds: 0 }],
    });
    expect(offset(['01:00-0700', '01:00-0800'])).toEqual({
      kind: 'offsets',
      offsets: [
        { fromSeconds: 1_509_868_800, offsetSeconds: -25_200 },
        { fromSeconds: 1_509_872_400, offsetSeconds: -28_800 },
      ],
    });
  });

  test('is the one that was named: times without an offset are by it, the others are told by it', () => {
    const wall = parseIn(['2017-07-04T07:00,1,0,1', '2017-07-04T08:00,1,0,1']);
    expect(wall.periods).toEqual([
      { start: 1_499_144_400n, label: '07:00' },
      { start: 1_499_148_000n, label: '08:00' },
    ]);
    expect(wall.zone).toBe(BERLIN.zone);
    const rows = ['2017-07-03T21:00Z,9,0,9', '2017-07-03T22:00Z,1,0,1', '2017-07-03T23:00Z,2,0,2'];
    const day = parseIn(rows, '2017-07-04');
    expect([labelsOf(day), day.homes[0]?.consumedMwh]).toEqual(['00:00 01:00', [1_000_000n, 2_000_000n]]);
    // Seconds since 1970 as well: 2017-07-04T00:00+02:00.
    expect(labelsOf(parseIn(['1499119200,1,0,1', '1499121000,1,0,1']))).toBe('00:00 00:30');
    expect(parseIn(['7,1,0,1', '8,1,0,1'], '2017-07-04').periods[0]?.start).toBe(1_499_144_400n);
  });

  test('takes the clock through its changes: 25 hours and 23', () => {
    const long = parseIn(['00', '01', '02', '02', '03'].map((hour) => `2017-10-29T${hour}:00,1,0,1`));
    expect(labelsOf(long)).toBe('00:00 01:00 02:00 02:00 03:00');
    expect(long.periods[4]?.start).toBe(1_509_242_400n);
    const short = parseIn(['01', '03'].map((hour) => `2017-03-26T${hour}:00,1,0,1`));
    expect(short.periodSeconds).toBe(3_600n);
    expect(() => parseIn(['01', '02'].map((hour) => `2017-03-26T${hour}:00,1,0,1`))).toThrow(
      'day.csv, line 3: there is no 02:00 on 2017-03-26 by UTC+01:00, from 2017-03-26 UTC+02:00',
    );
    // One 2 o'clock alone leaves an hour out.
    expect(() => parseIn(['01', '02', '03'].map((hour) => `2017-10-29T${hour}:00,1,0,1`))).toThrow('there is a gap');
  });

  test('is not the wall clock where the file has offsets', () => {
    expect(() =>
      parseDayProfile({ file: 'day.csv', text: lines('2017-07-04T07:00Z,1,0,1'), clock: WALL_CLOCK }),
    ).toThrow('day.csv: its times have offsets');
  });
});

describe('as tools write it', () => {
  test('with semicolons and decimal commas, three digits too where others show what a comma is', () => {
    const text = 'Zeit;load01_kWh;load02_kWh;\n7:00;1,071;0,25;\n7:30;1;12,5;\n';
    const day = parse(text);
    expect(day.homes.map(({ consumedMwh }) => consumedMwh)).toEqual([
      [1_071_000n, 1_000_000n],
      [250_000n, 12_500_000n],
    ]);
    expect(day).toMatchObject({ periodSeconds: 1_800n, emptyColumns: 1 });
    expect(slipOf('Zeit;load01_kWh;load02_kWh\n7:00;1,071;1\n7:30;1;2').message).toBe(
      'day.csv, line 2, column 2 (load01_kWh): "1,071" can be 1071 or 1.071',
    );
  });

  test('a register that counts on is not taken for energies', () => {
    const register = Array.from({ length: 12 }, (_, hour) => `${hour},${(12_345 + hour * 0.3).toFixed(1)},0,1`);
    expect(slipOf(lines(...register))).toMatchObject({
      message: 'day.csv, column 2 (load01_kWh): the figures only grow and are never small',
      hint: expect.stringContaining('cumulative') as string,
    });
    const growing = Array.from({ length: 24 }, (_, hour) => `${hour},${(hour * 0.1).toFixed(1)},0,1`);
    expect(parse(lines(...growing)).periods).toHaveLength(24);
  });

  test.each([
    ['was reset', (hour: number) => (hour < 10 ? 12_345 + hour * 0.3 : (hour - 10) * 0.3)],
    ['rolled over', (hour: number) => (99_998.5 + hour * 0.3) % 100_000],
    ['was changed after the first hour', (hour: number) => (hour < 1 ? 5_000 : 2 + hour * 0.3)],
  ])('a register that %s is still one', (_, figure) => {
    const register = Array.from({ length: 24 }, (__, hour) => `${hour},${figure(hour).toFixed(3)},0,1`);
    expect(slipOf(lines(...register)).hint).toContain('cumulative');
  });

  test('a load that rises slowly and falls in the evening is no register', () => {
    const load = Array.from(
      { length: 24 },
      (_, hour) => `${hour},${(hour < 20 ? 0.5 + hour * 0.02 : 0.3).toFixed(2)},0,1`,
    );
    expect(parse(lines(...load)).periods).toHaveLength(24);
  });

  test.each([
    ['hours', 60, 24],
    ['half hours', 30, 48],
    ['quarters', 15, 96],
    ['hours of a week', 60, 168],
  ])(
    '%s from the first end to midnight are the ends of periods, whatever their title says, unless it says beginning',
    (_, minutes, count) => {
      const start = Date.UTC(2017, 6, 4);
      const rows = Array.from({ length: count }, (__, index) => {
        const time = new Date(start + (index + 1) * minutes * 60_000).toISOString().slice(0, 16);
        return `${time},0.2,0,0.3`;
      });
      const titled = (title: string) => [HEADER.replace('hour', title), ...rows].join('\n');
      expect(slipOf(titled('timestamp'), '2017-07-04').message).toContain('they look like the ends of periods');
      expect(slipOf(titled('timestamp')).hint).toContain('title the column hour_beginning');
      expect(parse(titled('hour_beginning'), '2017-07-04').periods).toHaveLength(Math.min(count, 1440 / minutes) - 1);
    },
  );

  test('a night or an afternoon up to midnight is no whole day of ends', () => {
    const night = ['2017-07-04T22:00,1,0,1', '2017-07-04T23:00,1,0,1', '2017-07-05T00:00,1,0,1'];
    expect(parse([HEADER, ...night].join('\n'), '2017-07-04').periods).toHaveLength(2);
  });
});

describe('a slip is named with file, line and column:', () => {
  test.each([
    ['a letter', lines('7,1,1,1', '8,1,one,1'), 'day.csv, line 3, column 3 (pv01_kWh): "one" is not an energy in kWh'],
    [
      'an empty cell',
      lines('7,1,,1', '8,1,1,1'),
      'day.csv, line 2, column 3 (pv01_kWh): there is no figure where an energy in kWh belongs',
    ],
    ['a negative figure', lines('7,1,1,1', '8,-0.5,1,1'), 'day.csv, line 3, column 2 (load01_kWh): "-0.5" is negative'],
    ['not a number', lines('7,1,1,NaN', '8,1,1,1'), 'day.csv, line 2, column 4 (load02_kWh): "NaN" is not a number'],
    [
      'a figure that may be a thousand or a fraction',
      lines('7,1,1,"1,500"', '8,1,1,1'),
      'day.csv, line 2, column 4 (load02_kWh): "1,500" can be 1500 or 1.500',
    ],
    [
      'too fine a figure',
      lines('7,1,1,0.0000001', '8,1,1,1'),
      'day.csv, line 2, column 4 (load02_kWh): "0.0000001" has 7 digits after the point',
    ],
    [
      'too large a figure',
      lines('7,1,1,1000001', '8,1,1,1'),
      'day.csv, line 2, column 4 (load02_kWh): 1000001 kWh is more than a gigawatt-hour in one period',
    ],
    ['a missing cell', lines('7,1,1,1', '8,1,1'), 'day.csv, line 3: it has 3 columns, the header 4'],
    ['a decimal comma', lines('7,1,1,0,5', '8,1,1,1'), 'day.csv, line 2: it has 5 columns, the header 4'],
    [
      'no time',
      lines('7,1,1,1', 'noon,1,1,1'),
      'day.csv, line 3, column 1 (hour): "noon" is not the start of a period',
    ],
    ['hour 24', lines('23,1,1,1', '24,1,1,1'), 'day.csv, line 3, column 1 (hour): "24" is not the start of a period'],
    [
      '31 June',
      lines('2017-06-31T00:00,1,1,1'),
      'day.csv, line 2, column 1 (hour): "2017-06-31T00:00" is not the start of a period: there is no 2017-06-31',
    ],
    ['a gap', lines('7,1,1,1', '8,1,1,1', '10,1,1,1'), 'day.csv, line 4: there is a gap between 08:00 and 10:00'],
    ['a duplicate', lines('7,1,1,1', '8,1,1,1', '8,1,1,1'), 'day.csv, line 4: 08:00 comes twice, first in line 3'],
    ['a step back', lines('7,1,1,1', '8,1,1,1', '6,1,1,1'), 'day.csv, line 4: 06:00 comes after 08:00'],
    [
      'a third of an hour',
      lines('7:00,1,1,1', '7:20,1,1,1'),
      'day.csv, line 3: it begins 20 minutes after the line before',
    ],
    [
      'a quarter among hours',
      lines('7,1,1,1', '8,1,1,1', '8:15,1,1,1'),
      'day.csv, line 4: it begins 15 minutes after the line before, the others 60',
    ],
    [
      'dates in part',
      lines('7,1,1,1', '2017-07-04T08:00,1,1,1'),
      'day.csv, line 3: its time is written differently from that of line 2',
    ],
    [
      'an open quotation',
      lines('7,1,"1,1', '8,1,1,1'),
      'day.csv, line 2, column 3: a quotation mark stands where none may, or is not closed',
    ],
    ['one period', lines('7,1,1,1'), 'day.csv: the day has one period'],
    ['no period', HEADER, 'day.csv: there is no period in it'],
    ['nothing', '', 'day.csv: it is empty'],
  ])('%s', (_, text, message) => {
    expect(slipOf(text).message).toBe(message);
  });

  test.each([
    [
      'an unknown unit',
      'hour,load01_kWh,load02_MWh',
      'day.csv, line 1, column 3 (load02_MWh): its unit "MWh" is unknown',
    ],
    ['a unit in joule', 'hour,load01_kWh,load02_MJ', 'day.csv, line 1, column 3 (load02_MJ): its unit "MJ" is unknown'],
    ['a power', 'hour,load01_kWh,load02_kW', 'day.csv, line 1, column 3 (load02_kW): kW is a power, not an energy'],
    [
      'no unit',
      'hour,load01_kWh,load02',
      "day.csv, line 1, column 3 (load02): it is neither a home's load nor its production",
    ],
    [
      'something else',
      'hour,load01_kWh,temperature_C',
      "day.csv, line 1, column 3 (temperature_C): it is neither a home's load nor its production",
    ],
    [
      'a column twice',
      'hour,load01_kWh,01_load_Wh',
      'day.csv, line 1, column 3 (01_load_Wh): home01 has this column twice',
    ],
    [
      'a missing load',
      'hour,load01_kWh,pv01_kWh,pv02_kWh',
      'day.csv, line 1, column 4 (pv02_kWh): home02 has no column of its load',
    ],
    ['no load at all', 'hour,pv01_kWh', "day.csv, line 1: no column is a home's load"],
    ['a single home', 'hour,load01_kWh,pv01_kWh', 'day.csv: it has one home'],
    [
      'ends of hours',
      'hour_ending,load01_kWh,load02_kWh',
      'day.csv, line 1, column 1 (hour_ending): periods are named by their ends',
    ],
  ])('%s in the header', (_, header, message) => {
    expect(slipOf(`${header}\n7,1,1\n8,1,1`).message).toBe(message);
  });

  test('several days without a choice, a day that is not there, a date that does not exist', () => {
    const text = lines('2017-07-03T23:00,1,0,1', '2017-07-04T00:00,2,0,2');
    expect(slipOf(text)).toMatchObject({
      message: 'day.csv: it holds 2 days, 2017-07-03 to 2017-07-04',
      hint: expect.stringContaining('--date 2017-07-03') as string,
    });
    expect(slipOf(text, '2017-07-05').message).toBe('day.csv: it does not hold 2017-07-05');
    expect(slipOf(text, '2017-02-29').message).toBe('the date "2017-02-29": there is no such day');
  });

  test('the hours of changing clocks, with what to do', () => {
    const twice = lines('2017-11-05T00:00,1,0,1', '2017-11-05T01:00,1,0,1', '2017-11-05T01:00,1,0,1');
    const gone = lines('2017-03-12T00:00,1,0,1', '2017-03-12T01:00,1,0,1', '2017-03-12T03:00,1,0,1');
    expect(slipOf(twice).message).toBe('day.csv, line 4: 01:00 comes twice, first in line 3');
    expect(slipOf(gone).message).toBe('day.csv, line 4: there is a gap between 01:00 and 03:00');
    for (const text of [twice, gone]) expect(slipOf(text).hint).toContain('write the times with their offsets');
  });

  test('a file, a line and a header without end', () => {
    expect(slipOf('x'.repeat(8_000_001)).message).toBe('day.csv: it has 8000001 characters');
    expect(slipOf(lines('7,1,1,1', `8,1,1,${'1'.repeat(9_000)}`)).message).toBe(
      'day.csv, line 3, column 4: the line is longer than 8192 characters',
    );
    const wide = ['hour', ...Array.from({ length: 256 }, (_, index) => `load${index}_kWh`)].join(',');
    expect(slipOf(wide).message).toBe('day.csv, line 1: it has 256 homes in 257 columns');
    expect(slipOf(`\nhour,${'a'.repeat(260)}_load_kWh,b_load_kWh`).message).toMatch(
      /^day\.csv, line 2, column 2 \(a{80}\): its title has 269 characters$/,
    );
    const minutes = Array.from({ length: 101 }, () => '2017-07-04T00:00,1,1,1');
    expect(slipOf(lines(...minutes)).message).toBe('day.csv: the day has 101 periods');
  });
});
