/** A community of two homes for a day: run, verified, falsified. What rules and bills should be is tested beside them. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test('rules that are left out, doubled or in another order, and bills that are none of the result are found', async () => {
  type Result = { rules: { rule: string }[]; options: { rules: string[] } };
  const change = (how: (result: Result) => void) =>
    falsified('result.json', (bytes) => {
      const result = JSON.parse(bytes.toString()) as Result;
      how(result);
      return Buffer.from(JSON.stringify(result));
    });
  for (const how of [
    ({ rules }: Result) => rules.splice(0),
    ({ rules }: Result) => rules.splice(3, 1),
    ({ rules }: Result) => rules.splice(2, 0, rules[2] as Result['rules'][number]),
    ({ rules }: Result) => rules.reverse(),
    ({ options }: Result) => options.rules.reverse(),
    ({ options, rules }: Result) => {
      options.rules.push('pool:sdr');
      rules.push(rules[3] as Result['rules'][number]);
    },
  ]) {
    const { code, places } = await change(how);
    expect([code, places.every((place) => /^(options\.)?rules\[/.test(place))]).toEqual([1, true]);
  }
  const folder = join(directory, 'falsified');
  rmSync(folder, { recursive: true });
  cpSync(join(directory, 'one'), folder, { recursive: true });
  cpSync(join(folder, 'bills/1-home1.html'), join(folder, 'bills/9-z.html'));
  writeFileSync(join(folder, 'sweep.json'), '{}');
  rmSync(join(folder, 'periods.csv'));
  rmSync(join(folder, 'bills.csv'));
  mkdirSync(join(folder, 'bills.csv'));
  const { code, stdout } = await wattchain(['community', 'verify', folder, '--json']);
  expect([code, JSON.parse(stdout)]).toEqual([
    1,
    expect.objectContaining({
      differences: [
        { place: 'bills.csv, line 1', said: 'no file', found: 'a file' },
        { place: 'bills/9-z.html', said: 'a file', found: 'none of this result' },
      ],
      missing: ['periods.csv'],
      unchecked: ['bills.csv/', 'sweep.json'],
    }),
  ]);
});

test('a run into the folder of another one leaves nothing of it among its own bills and chains', async () => {
  const folder = join(directory, 'again');
  await run(folder);
  writeFileSync(join(folder, 'bills', 'notes.txt'), 'mine');
  const lone = join(directory, 'a home.csv');
  writeFileSync(lone, twoHomes().replaceAll('load1', 'loadA').replaceAll('pv1', 'pvA'));
  await wattchain([
    ...[
      'community',
      'run',
      '--data',
      lone,
      '--feed-in',
      '0.05',
      '--rule',
      'pool:mmr',
      '--with',
      'certificates',
      '--out',
      folder,
    ],
  ]);
  expect(readdirSync(join(folder, 'chains')).sort()).toEqual(['certificates', 'pool-mmr']);
  expect(readdirSync(join(folder, 'bills')).sort()).toEqual(['1-A.html', '2-home2.html', 'notes.txt']);
  const { stdout } = await wattchain(['community', 'verify', folder, '--json']);
  const { differences } = JSON.parse(stdout) as { differences: { place: string }[] };
  expect(differences.map(({ place }) => place).sort()).toEqual(['bills/notes.txt', 'inputs/two homes.csv']);
  // What is played beside the rules, told twice.
  const file = join(folder, 'result.json');
  const result = JSON.parse(readFileSync(file, 'utf8')) as { options: { with: string[] }; companions: unknown[] };
  result.options.with.push('certificates');
  result.companions.push(result.companions[0]);
  writeFileSync(file, JSON.stringify(result));
  const twice = await wattchain(['community', 'verify', folder, '--json']);
  expect((JSON.parse(twice.stdout) as typeof result & { differences: { place: string }[] }).differences).toEqual(
    expect.arrayContaining(
      ['options.with[1]', 'companions[1]'].map((place) => expect.objectContaining({ place }) as object),
    ),
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
