import { readFileSync } from 'node:fs';
import { WattchainError } from '@wattchain/core';
import { describe, expect, test } from 'vitest';
import { communityClock, type NamedOffset } from '../input/zone.js';
import { sum } from '../mechanism/common/split.js';
import type { ImportFile, ImportOptions } from './dataFile.js';
import { detectFormat, readCommunity } from './readCommunity.js';

const FOLDER = new URL('../../../../examples/community/formats/', import.meta.url);
const sample = (file: string, home?: string, kind?: ImportFile['kind']): ImportFile => ({
  file,
  text: readFileSync(new URL(file, FOLDER), 'utf8'),
  home,
  kind,
});
const inline = (text: string, file = 'own.csv'): ImportFile => ({ file, text });
/** Berlin's offsets in 2024, from the tables of the IANA database. */
const berlin: NamedOffset = (_, seconds) => (seconds >= 1_711_846_800n && seconds < 1_729_990_800n ? 7_200n : 3_600n);
const BERLIN = communityClock({ kind: 'named', name: 'Europe/Berlin' }, berlin);

/** Homes with what they consume and produce, mWh. */
function sumsOf(files: readonly ImportFile[], options: ImportOptions = {}) {
  const { series } = readCommunity(files, options);
  return Object.fromEntries(
    series.homes.map(({ name, consumedMwh, producedMwh }) => [name, [sum(consumedMwh), sum(producedMwh)]]),
  );
}

/** The message and hint of the error that files give. */
function slipOf(files: readonly ImportFile[], options: ImportOptions = {}): string {
  try {
    readCommunity(files, options);
  } catch (error) {
    if (error instanceof WattchainError) return `${error.message} | ${error.hint}`;
    throw error;
  }
  throw new TypeError('the files were read without an error');
}

/** Sums as whoever made the samples added them up. */
describe('samples after the public formats', () => {
  test('a meter export with semicolons, decimal commas and a day of 23 hours', () => {
    const file = sample('meter-german.csv', 'anna');
    expect(detectFormat(file)).toBe('meter');
    const { series, gaps } = readCommunity([file], { clock: BERLIN });
    expect([series.periods.length, series.periodSeconds, gaps]).toEqual([92, 900n, []]);
    // 2024-03-31T00:00+01:00 by `date -u -d`; the hour after 01:45 is 03:00.
    expect(series.periods[0]).toEqual({ start: 1_711_839_600n, label: '00:00', date: '2024-03-31' });
    expect(series.periods.slice(7, 9).map(({ label }) => label)).toEqual(['01:45', '03:00']);
    expect(sumsOf([file], { clock: BERLIN })).toEqual({ anna: [7_550_000n, 7_391_000n] });
    expect(slipOf([file])).toMatch(
      /no figure of anna's load from 2024-03-31 02:00 to 2024-03-31 03:00 \(4 periods\), and there are 1 more/,
    );
  });

  test('registers in Wh that begin again at 0', () => {
    const { series, files } = readCommunity([sample('meter-registers.csv', 'ben')]);
    expect([series.periods.length, series.zone]).toEqual([
      24,
      { kind: 'offsets', offsets: [{ fromSeconds: 1_719_784_800, offsetSeconds: 7_200 }] },
    ]);
    expect(sumsOf([sample('meter-registers.csv', 'ben')])).toEqual({ ben: [6_364_000n, 4_404_000n] });
    expect(files[0]?.notes.join()).toContain('line 5 (1-0:1.8.0 [Wh]): the register began again at 0');
  });

  test('Green Button, XML and CSV', () => {
    const xml = sample('green-button.xml', 'xena');
    expect(detectFormat(xml)).toBe('green-button');
    const { series } = readCommunity([xml]);
    expect(series.periods[0]).toEqual({ start: 1_719_817_200n, label: '00:00', date: '2024-07-01' });
    expect(sumsOf([xml])).toEqual({ xena: [8_649_000n, 8_915_000n] });
    const csv = sample('green-button.csv', 'carl');
    expect(detectFormat(csv)).toBe('green-button-csv');
    expect(sumsOf([csv])).toEqual({ carl: [11_450_000n, 6_380_000n] });
  });

  test('a P1 export and P1 telegrams', () => {
    const csv = sample('p1-export.csv', 'piet');
    expect(detectFormat(csv)).toBe('p1');
    expect(sumsOf([csv])).toEqual({ piet: [6_843_000n, 5_268_000n] });
    const telegrams = sample('p1-telegrams.txt', 'piet');
    expect(detectFormat(telegrams)).toBe('p1');
    expect(sumsOf([telegrams])).toEqual({ piet: [531_000n, 677_000n] });
    const { series } = readCommunity([telegrams]);
    expect([series.periods.length, series.periods[0]?.label, series.periodSeconds]).toEqual([8, '10:00', 900n]);
    expect(readCommunity([telegrams], { resolutionSeconds: 3_600n }).series.periods.length).toBe(2);
  });

  test('profiles of gsy-e and lemlab, in watts', () => {
    const files = [sample('gsy-e-load.csv', 'gus'), sample('gsy-e-pv.csv', 'gus', 'pv')];
    expect(files.map(detectFormat)).toEqual(['gsy-e', 'gsy-e']);
    // Quarters of an hour: 56,726 W and 95,936 W are so many quarters of watt-hours.
    expect(sumsOf(files)).toEqual({ gus: [14_181_500n, 23_984_000n] });
    expect(detectFormat(sample('lemlab.csv'))).toBe('lemlab');
    expect(sumsOf([sample('lemlab.csv', 'lea')])).toEqual({ lea: [11_106_000n, 0n] });
  });

  test("CityLearn's data set, with the panels that its schema tells", () => {
    const files = ['citylearn/Building_1.csv', 'citylearn/Building_2.csv', 'citylearn/schema.json'].map((file) =>
      sample(file),
    );
    // 4 kW times 7,815 W/kW; the last digit of each hour's load, tenths of a mWh, is rounded up.
    expect(sumsOf(files, { date: '2024-07-01' })).toEqual({
      Building_1: [52_020_491n + 48n, 31_260_000n],
      Building_2: [47_032_924n + 48n, 0n],
    });
    expect(slipOf(files.slice(0, 1), { date: '2024-07-01' })).toContain('nothing says how many kilowatts');
    expect(slipOf(files)).toContain('--date');
    expect(slipOf(files, { date: '2024-07-02' })).toMatch(
      /Building_1.csv, line 2: month 7, hour 1, day type 1 is not what follows/,
    );
  });

  test("PVGIS's hourly power is production", () => {
    const files = [sample('green-button.csv', 'carl'), sample('pvgis-hourly.csv', 'carl', 'pv')];
    expect(detectFormat(files[1] as ImportFile)).toBe('pvgis');
    expect(sumsOf([sample('pvgis-hourly.csv', 'sol')])).toEqual({ sol: [0n, 37_142_200n] });
  });

  test('a day file, longer, with its rates', () => {
    const file = 'fontana_ca_17homes_week_2017-07-01_07.csv';
    const text = readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8');
    const { series, gaps } = readCommunity([{ file, text }], { from: '2017-07-03', to: '2017-07-04' });
    expect([series.homes.length, series.periods.length, gaps.length]).toEqual([17, 48, 0]);
    expect(series.rates.map(({ title, values }) => [title, values.length])).toEqual([
      ['tariff_usd_per_kWh', 48],
      ['grid_kgCO2_per_kWh', 48],
    ]);
  });
});

describe('what exports say in many ways', () => {
  const day = (rows: readonly string[], header: string) => inline([header, ...rows].join('\n'));

  test('ends of periods, am and pm, dates with slashes that show which number is the day', () => {
    const rows = ['12/31/2023 11:00 PM,1', '01/01/2024 12:00 AM,2', '01/01/2024 1:00 AM,3'];
    const { series } = readCommunity([day(rows, 'Interval End,Usage kWh')]);
    expect(series.periods.map(({ date, label }) => `${date} ${label}`)).toEqual([
      '2023-12-31 22:00',
      '2023-12-31 23:00',
      '2024-01-01 00:00',
    ]);
    expect(slipOf([day(['01/02/2024 0:00,1', '01/02/2024 1:00,2'], 'time,Usage kWh')])).toContain('--dates');
    expect(
      readCommunity([day(['01/02/2024 0:00,1', '01/02/2024 1:00,2'], 'time,Usage kWh')], { dates: 'dmy' }).series
        .periods[0]?.date,
    ).toBe('2024-02-01');
  });

  test('24:00 ends a day', () => {
    const { series } = readCommunity([
      day(['2024-07-01 23:00,1', '2024-07-01 24:00,2'], 'bis;Verbrauch kWh'.replace(';', ',')),
    ]);
    expect(series.periods.map(({ label }) => label)).toEqual(['22:00', '23:00']);
  });

  test('what looks like ends and does not say so is refused until it is said', () => {
    const rows = Array.from(
      { length: 24 },
      (_, hour) => `2024-07-0${hour === 23 ? 2 : 1} ${String((hour + 1) % 24).padStart(2, '0')}:00,1`,
    );
    expect(slipOf([day(rows, 'time,load kWh')])).toContain('look like the ends');
    expect(readCommunity([day(rows, 'time,load kWh')], { stamps: 'ending' }).series.periods[0]?.label).toBe('00:00');
  });

  test('the hour that clocks show twice, by the order of lines', () => {
    const rows = ['01:00', '02:00', '02:00', '03:00'].map((clock) => `2024-10-27 ${clock},1`);
    const { series } = readCommunity([day(rows, 'start,load kWh')], { clock: BERLIN });
    expect(series.periods.map(({ label }) => label)).toEqual(['01:00', '02:00', '02:00', '03:00']);
    expect(slipOf([day(rows, 'start,load kWh')])).toMatch(/line 4: its time is that of line 3 .*--time-zone/);
  });

  test('a net column is split by its sign, and an average power becomes an energy', () => {
    const file = day(['2024-07-01T00:00Z,-1.5', '2024-07-01T00:15Z,2'], 'start,net power kW');
    const { series } = readCommunity([file]);
    expect(series.homes[0]).toMatchObject({ consumedMwh: [0n, 500_000n], producedMwh: [375_000n, 0n] });
  });

  test('tariffs of a meter are added, a total comes before its parts', () => {
    const parts = day(['2024-07-01T00:00Z,1,2', '2024-07-01T01:00Z,3,4'], 'start,import T1 kWh,import T2 kWh');
    expect(sumsOf([parts])).toEqual({ own: [10_000_000n, 0n] });
    const total = day(
      ['2024-07-01T00:00Z,1,2,3', '2024-07-01T01:00Z,3,4,7'],
      'start,import T1 kWh,import T2 kWh,import kWh',
    );
    expect(sumsOf([total])).toEqual({ own: [10_000_000n, 0n] });
    expect(slipOf([day(['2024-07-01T00:00Z,1,2', '2024-07-01T01:00Z,3,4'], 'start,import kWh,usage kWh')])).toContain(
      'can all be what the home takes',
    );
  });

  test('figures finer than 1 mWh are rounded half to even, and said so', () => {
    const file = day(['2024-07-01T00:00Z,0.0000005', '2024-07-01T01:00Z,0.0000015'], 'start,load kWh');
    const { series, files } = readCommunity([file]);
    expect(series.homes[0]?.consumedMwh).toEqual([0n, 2n]);
    expect(files[0]?.notes.join()).toContain('2 figures finer than 1 mWh');
  });

  test('shorter periods are added up to longer ones, none is split', () => {
    const quarters = [0, 15, 30, 45].map((minute) => `2024-07-01T00:${String(minute).padStart(2, '0')}Z,1`);
    const [short, long] = [
      { ...day([...quarters, '2024-07-01T01:00Z,1'], 'start,load kWh'), home: 'ann' },
      { ...day(['2024-07-01T00:00Z,7', '2024-07-01T01:00Z,8'], 'start,load kWh'), home: 'ben' },
    ];
    expect(slipOf([short, long])).toContain('--resolution');
    expect(slipOf([short, long], { resolutionSeconds: 900n })).toContain('none is split');
    const { series, gaps } = readCommunity([short, long], { resolutionSeconds: 3_600n, gaps: 'zero' });
    expect(series.homes.map(({ consumedMwh }) => consumedMwh)).toEqual([
      [4_000_000n, 0n],
      [7_000_000n, 8_000_000n],
    ]);
    // An hour of which three quarters are missing has no figure.
    expect(gaps.map(({ home, periods }) => [home, periods])).toEqual([['ann', 1]]);
  });
});

describe('gaps', () => {
  const table = (...rows: readonly string[]) =>
    inline(['start,load kWh', ...rows.map((row) => `2024-07-01T${row}`)].join('\n'));
  const gappy = table('00:00Z,1', '01:00Z,', '02:00Z,NaN', '04:00Z,5.000001');

  test('are refused, told, and filled only as asked for', () => {
    expect(slipOf([gappy])).toMatch(
      /no figure of own's load from 2024-07-01 01:00 to 2024-07-01 04:00 \(3 periods\) .*--gaps/,
    );
    expect(readCommunity([gappy], { gaps: 'zero' }).series.homes[0]?.consumedMwh).toEqual([
      1_000_000n,
      0n,
      0n,
      0n,
      5_000_001n,
    ]);
    const { series, gaps } = readCommunity([gappy], { gaps: 'interpolate' });
    expect(series.homes[0]?.consumedMwh).toEqual([1_000_000n, 2_000_000n, 3_000_000n, 4_000_000n, 5_000_001n]);
    expect(gaps).toMatchObject([{ home: 'own', kind: 'load', periods: 3 }]);
  });

  test('with nothing on one side are no line', () => {
    expect(slipOf([table('00:00Z,', '01:00Z,1', '02:00Z,1')], { gaps: 'interpolate' })).toContain(
      'no figure on one side',
    );
  });

  test('of a register keep what it counted', () => {
    const file = inline(
      [
        'time,meter reading import kWh',
        '2024-07-01T00:00Z,100',
        '2024-07-01T01:00Z,101',
        '2024-07-01T04:00Z,101.000002',
      ].join('\n'),
    );
    expect(slipOf([file])).toContain('0.000002 kWh in all');
    expect(readCommunity([file], { gaps: 'interpolate' }).series.homes[0]?.consumedMwh).toEqual([
      1_000_000n,
      1n,
      1n,
      0n,
    ]);
  });

  test('between files that hold other days are told of each home', () => {
    const [one, two] = [
      table('00:00Z,1', '01:00Z,1'),
      inline('start,load kWh\n2024-07-01T01:00Z,1\n2024-07-01T02:00Z,1', 'two.csv'),
    ];
    expect(slipOf([one, two])).toContain("own's load from 2024-07-01 02:00");
    expect(slipOf([one, { ...two, home: 'own' }])).toMatch(
      /two.csv, line 2: own has a figure of this period already, from own.csv/,
    );
  });
});
