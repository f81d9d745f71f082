import { communityClock, WALL_CLOCK } from '@wattchain/market';
import { stringToHex } from 'viem';
import { describe, expect, test } from 'vitest';
import { parseReadings as parseFile, readReadingsFile } from './readingsFile.js';

const HEADER = 'meter,start,produced_kwh,consumed_kwh';
const LINE = 'node-1,2018-07-04T08:00-07:00,1.9,0.828388';

/** As files were written before a registry had one length. */
const WITH_LENGTH = 'meter,start,seconds,produced_kwh,consumed_kwh';
const BY_WALL = { clock: WALL_CLOCK, resolutionSeconds: 3_600n };
const parseReadings = (file: string, text: string) => parseFile(file, text, BY_WALL).readings;

describe('a readings file', () => {
  test('gives its readings in order, each with its place', () => {
    const text = `${HEADER}\n${LINE}\nroof 7, 1530720000 ,0,0.000001\n`;
    expect(parseReadings('day.csv', text)).toEqual([
      {
        meter: stringToHex('node-1', { size: 32 }),
        periodStart: 1_530_716_400n,
        producedMwh: 1_900_000n,
        consumedMwh: 828_388n,
        place: 'day.csv, line 2',
      },
      {
        meter: stringToHex('roof 7', { size: 32 }),
        periodStart: 1_530_720_000n,
        producedMwh: 0n,
        consumedMwh: 1n,
        place: 'day.csv, line 3',
      },
    ]);
  });

  test('may come from a spreadsheet: byte order mark, carriage returns, quoted cells, empty lines at the end', () => {
    const quoted = (line: string) => line.replace(/[^,]+/g, '"$&"');
    const text = `\uFEFF${quoted(HEADER)}\r\n${quoted(LINE)}\r\n\r\n\r\n`;
    expect(parseReadings('day.csv', text)).toEqual([
      { ...parseReadings('day.csv', `${HEADER}\n${LINE}`)[0], place: 'day.csv, line 2' },
    ]);
  });

  test.each([
    ['a wrong header', `meter;start\n${LINE}`, 'day.csv, line 1: "meter;start" is not the header'],
    ['nothing', '', 'day.csv, line 1: "" is not the header'],
    [
      'ends of periods',
      `meter,end,produced_kwh,consumed_kwh\n${LINE}`,
      'day.csv, line 1, column 2 (end): periods are named by their ends',
    ],
    ['the header alone', `${HEADER}\n`, 'day.csv: there is no reading in it'],
    ['a missing column', `${HEADER}\n${LINE}\nnode-1,0,1`, 'day.csv, line 3: it has 3 columns, not 4'],
    ['an empty line between', `${HEADER}\n\n${LINE}`, 'day.csv, line 2: it is empty'],
    [
      'a quotation mark in a cell',
      `${HEADER}\nnode"1,0,1,1`,
      'day.csv, line 2, column 1: a quotation mark stands where none may, or is not closed',
    ],
    [
      'a wrong energy',
      `${HEADER}\n${LINE}\nnode-1,0,1,O.5`,
      'day.csv, line 3, column 4 (consumed_kwh): "O.5" is not an energy in kWh',
    ],
    [
      'an energy that is too fine',
      `${HEADER}\nnode-1,0,1.0000001,0`,
      'day.csv, line 2, column 3 (produced_kwh): "1.0000001" has 7 digits after the point',
    ],
    [
      'a length of another registry',
      `${WITH_LENGTH}\nnode-1,0,900,1,0`,
      'day.csv, line 2, column 3 (seconds): the period has "900" seconds, and the registry\'s have 3600',
    ],
    [
      'a wrong time',
      `${HEADER}\nnode-1,4 July,1,0`,
      'day.csv, line 2, column 2 (start): the start is "4 July", not a time',
    ],
    [
      'milliseconds',
      `${HEADER}\nnode-1,1530720000000,1,0`,
      'day.csv, line 2, column 2 (start): the start is "1530720000000", not a time: it is too large for seconds since 1970 (milliseconds?)',
    ],
    [
      'a figure that may be a thousand',
      `${HEADER}\nnode-1,1530720000,"1,500",0`,
      'day.csv, line 2, column 3 (produced_kwh): "1,500" can be 1500 or 1.500',
    ],
  ])('with %s is refused with line and column', (_what, text, message) => {
    expect(() => parseReadings('day.csv', text)).toThrow(expect.objectContaining({ code: 'badReadings', message }));
  });

  test('may give the length of its periods', () => {
    const text = `${WITH_LENGTH}\nnode-1,2018-07-04T08:00-07:00,3600,1.9,0.828388`;
    expect(parseReadings('day.csv', text)).toEqual(parseReadings('day.csv', `${HEADER}\n${LINE}`));
  });

  test('with a meter that is no label says so', () => {
    expect(() => parseReadings('day.csv', `${HEADER}\n${'m'.repeat(40)},0,1,0`)).toThrow(
      /^day\.csv, line 2, column 1 \(meter\): .*has 40 bytes$/,
    );
  });

  test('that is not there is named', () => {
    expect(() => readReadingsFile('/nowhere/day.csv', BY_WALL)).toThrow(
      expect.objectContaining({ code: 'unreadableFile', message: '/nowhere/day.csv cannot be read' }),
    );
  });

  test('may be written with semicolons, decimal commas, an empty last column and any form of time', () => {
    const text = 'meter;start;seconds;produced_kwh;consumed_kwh;\nm;2018-07-04 08:00:00.000-0700;1800;1,5;0,000001;\n';
    expect(parseFile('day.csv', text, { ...BY_WALL, resolutionSeconds: 1_800n })).toMatchObject({
      emptyColumns: 1,
      readings: [{ periodStart: 1_530_716_400n, producedMwh: 1_500_000n, consumedMwh: 1n }],
    });
  });

  test("counts times without an offset by the community's clock, each meter through its changes", () => {
    const clock = communityClock({
      kind: 'offsets',
      offsets: [
        { fromSeconds: 0, offsetSeconds: 7_200 },
        { fromSeconds: 1_509_238_800, offsetSeconds: 3_600 },
      ],
    });
    const rows = ['a', 'a', 'b', 'b'].map((meter) => `${meter},2017-10-29T02:00,1,0`);
    const starts = parseFile('day.csv', [HEADER, ...rows].join('\n'), { ...BY_WALL, clock }).readings.map(
      ({ periodStart }) => periodStart,
    );
    expect(starts).toEqual([1_509_235_200n, 1_509_238_800n, 1_509_235_200n, 1_509_238_800n]);
  });
});
