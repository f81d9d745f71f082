/** A community of two homes for a day: run, verified, falsified. What rules and bills should be is tested beside them. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wattchain } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-community-'));
const data = join(directory, 'two homes.csv');
const RULES = ['energyTrade', 'pool:sdr', 'pool:billSharing'];

/** One home has sun at noon, the other one needs energy all day. */
function twoHomes(): string {
  const rows = Array.from({ length: 24 }, (_, hour) => {
    const sun = hour > 7 && hour < 17 ? 1.2 : 0;
    const tariff = hour < 16 ? '0.22' : '0.54';
    return `2017-07-01T${String(hour).padStart(2, '0')}:00,${tariff},0.${hour + 10},0.7,${sun},0`;
  });
  return `time,tariff_usd_per_kWh,load1_kWh,load2_kWh,pv1_kWh,pv2_kWh\n${rows.join('\n')}\n`;
}

const run = (out: string, ...more: string[]) =>
  wattchain(['community', 'run', '--data', data, '--feed-in', '0.05', '--rule', ...RULES, '--out', out, ...more]);

/** Hashes of all files below a folder. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

/** A copy of the run with a file changed. */
async function falsified(file: string, change: (bytes: Buffer) => Buffer) {
  const folder = join(directory, 'falsified');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(directory, 'one'), folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path)));
  const { code, stdout } = await wattchain(['community', 'verify', folder, '--json']);
  const { differences } = JSON.parse(stdout) as { differences: { place: string; said: string; found: string }[] };
  return { code, places: differences.map(({ place }) => place) };
}

beforeAll(async () => {
  writeFileSync(data, twoHomes());
  const { code, stderr } = await run(join(directory, 'one'));
  expect([code, stderr]).toEqual([0, expect.stringContaining('pool:billSharing: ')]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the same seed and inputs give the same bytes, whichever name the folder has; another seed other chains', async () => {
  await run(join(directory, 'two'));
  const one = contentOf(join(directory, 'one'));
  expect(contentOf(join(directory, 'two'))).toEqual(one);
  expect(Object.keys(one)).toEqual(
    expect.arrayContaining([
      'result.json',
      'report.html',
      'bills.csv',
      'chains/pool-sdr/blocks',
      'inputs/two homes.csv',
    ]),
  );
  await run(join(directory, 'three'), '--seed', '2', '--rule', 'pool:sdr');
  expect(contentOf(join(directory, 'three'))['chains/pool-sdr/blocks']).not.toBe(one['chains/pool-sdr/blocks']);
});

test('a true result is verified: every block and every figure', async () => {
  const { code, stdout } = await wattchain(['community', 'verify', join(directory, 'one')]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/validated, \d+ figures compared: everything is as/)]);
});

test('a figure of the result or of a table, a word on a page, a byte of a block, and another input file are found', async () => {
  const figure = await falsified('result.json', (bytes) =>
    Buffer.from(bytes.toString().replace(/"gotFromNeighbours":"[1-9]/, '"gotFromNeighbours":"0')),
  );
  expect(figure).toEqual({ code: 1, places: [expect.stringMatching(/^rules\[\d\]\.bills\[0\]\.gotFromNeighbours$/)] });
  const byte = await falsified('chains/pool-sdr/blocks', (bytes) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(copy.length - 40) ^ 1, copy.length - 40);
    return copy;
  });
  expect([byte.code, byte.places]).toEqual([1, expect.arrayContaining(['chains/pool-sdr'])]);
  const bill = await falsified('bills.csv', (bytes) => {
    const lines = bytes.toString().split('\n');
    return Buffer.from(
      lines
        .with(
          2,
          (lines[2] ?? '').replace(/\d/, (digit) => String(9 - Number(digit))),
        )
        .join('\n'),
    );
  });
  expect(bill).toEqual({ code: 1, places: ['bills.csv, line 3'] });
  const page = await falsified('report.html', (bytes) => Buffer.concat([bytes, Buffer.from('and 1 USD more')]));
  expect(page).toEqual({ code: 1, places: [expect.stringMatching(/^report\.html, line \d+$/)] });
  const input = await falsified('inputs/two homes.csv', (bytes) => Buffer.from(bytes.toString().replace('0.7', '0.8')));
  expect(input.code).toBe(1);
  expect(input.places).toEqual(
    expect.arrayContaining(['inputs/two homes.csv', 'chains/pool-sdr: first event of the registry', 'chains/pool:sdr']),
  );
});

test('bad input is named, with what to do', async () => {
  const bad = join(directory, 'bad.csv');
  writeFileSync(bad, twoHomes().replace('0.7', 'seven'));
  const refusals = await Promise.all(
    [
      ['--data', bad, '--feed-in', '0.05'],
      ['--data', data, '--feed-in', '0.05', '--rule', 'pools'],
      ['--data', data, '--feed-in', '0.05', '--pv-homes', '1,3'],
      ['--data', data, '--feed-in', '9'],
      ['--data', data],
      ['--data', join(directory, 'nowhere.csv'), '--feed-in', '0.05'],
    ].map((options) => wattchain(['community', 'run', '--out', join(directory, 'never'), ...options])),
  );
  expect(refusals.map(({ code, stderr }) => [code, stderr.split('\n')[0]])).toEqual([
    [1, expect.stringContaining('bad.csv, line 2, column 4')],
    [1, 'error: there is no market rule "pools"'],
    [1, 'error: --pv-homes names home 3, the data has 2 homes'],
    [1, expect.stringContaining('the feed-in price is')],
    [1, 'error: nobody says what the supplier pays for energy'],
    [1, expect.stringContaining('nowhere.csv cannot be read')],
  ]);
});
