import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDayFile } from './dayFile.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wattchain-dayfile-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A file with so many homes and two hours. */
function fileOf(homes: number): string {
  const path = join(directory, `${homes}.csv`);
  const columns = Array.from({ length: homes }, (_, index) => `load${index + 1}_kWh`);
  const row = (hour: number) => [hour, ...columns.map(() => '0.1')].join(',');
  writeFileSync(path, [['hour', ...columns].join(','), row(7), row(8)].join('\n'));
  return path;
}

test('a file is read under its own name, with as many homes as there are accounts', () => {
  expect(readDayFile(fileOf(32), undefined)).toMatchObject({ file: '32.csv', day: { periodSeconds: 3_600n } });
  expect(() => readDayFile(fileOf(33), undefined)).toThrow(
    expect.objectContaining({ code: 'badDayFile', message: '33.csv, line 1: it has 33 homes' }),
  );
});

test('what cannot be read, and what is too large to be read, is said', () => {
  const missing = join(directory, 'nowhere.csv');
  expect(() => readDayFile(missing, undefined)).toThrow(
    expect.objectContaining({ code: 'unreadableFile', message: `${missing} cannot be read` }),
  );
  const large = join(directory, 'large.csv');
  writeFileSync(large, Buffer.alloc(8_000_001, 0x31));
  expect(() => readDayFile(large, undefined)).toThrow(
    expect.objectContaining({ code: 'badDayFile', message: `${large}: it has more than 8000000 bytes` }),
  );
});

const caseOf = (name: string) => fileURLToPath(new URL(`../../../../test/cases/day/${name}`, import.meta.url));

test.each([
  ['40-halfhour.csv', { periodSeconds: 1_800n, zone: { kind: 'offsets', offsets: [{ offsetSeconds: 0 }] } }],
  ['30d-js-iso.csv', { date: '2017-07-04', zone: { kind: 'offsets', offsets: [{ offsetSeconds: 0 }] } }],
  ['24b-trailing-comma-header-too.csv', { emptyColumns: 1, zone: { kind: 'wall' } }],
])('%s is read', (name, day) => {
  expect(readDayFile(caseOf(name), undefined).day).toMatchObject(day);
});

test('29-exponent.csv is read exactly', () => {
  expect(readDayFile(caseOf('29-exponent.csv'), undefined).day.homes[0]?.consumedMwh[1]).toBe(10n);
});

test.each([
  ['42b-ts-end.csv', 'line 1, column 1 (End): periods are named by their ends', /shift the times/],
  [
    '51-offset-99.csv',
    'line 2, column 1 (start): "2017-07-04T00:00+99:99" is not the start of a period: no place has the offset',
    /-12:00/,
  ],
  ['41-cumulative.csv', 'column 3 (ann_pv_kWh): the figures only grow', /cumulative/],
  ['21b-utf16le.csv', 'it is UTF-16 (little-endian), not UTF-8', /CSV UTF-8/],
  ['07-espi.xml', 'it is XML (Green Button), not CSV', /convert it/],
])('%s is refused for what it is', (name, part, hint) => {
  expect(() => readDayFile(caseOf(name), undefined)).toThrow(
    expect.objectContaining({
      code: 'badDayFile',
      message: expect.stringContaining(part) as string,
      hint: expect.stringMatching(hint) as string,
    }),
  );
});
