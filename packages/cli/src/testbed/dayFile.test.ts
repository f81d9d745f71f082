import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    expect.objectContaining({ code: 'badDayFile', message: '33.csv: it has 33 homes' }),
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
    expect.objectContaining({ code: 'badDayFile', message: `${large} has more than 8000000 bytes` }),
  );
});
