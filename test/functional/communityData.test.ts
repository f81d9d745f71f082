/** Data of several formats, a tariff by law and assets: checked, run and verified. What each gives is tested beside its reader. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { finish, freePort, root, wattchain } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-data-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const sample = (file: string) => join(root, 'examples', 'community', 'formats', file);
const DATA = [`carl=${sample('green-button.csv')}`, `piet=${sample('p1-export.csv')}`];
const READING = ['--time-zone', 'Europe/Zurich', '--resolution', '1h'];

test('check says what was understood, and what is wrong where', async () => {
  const { code, stdout } = await wattchain(['community', 'check', ...DATA, ...READING, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    files: [{ format: 'green-button-csv' }, { format: 'p1' }],
    homes: [
      { name: 'carl', consumedMwh: '11450000', producedMwh: '6380000', gapPeriods: 0 },
      { name: 'piet', consumedMwh: '6843000', producedMwh: '5268000' },
    ],
    periods: 24,
    from: '2024-07-01 00:00',
    zone: 'Europe/Zurich',
    gapCount: 0,
  });
  const broken = join(directory, 'broken.csv');
  writeFileSync(broken, readFileSync(sample('green-button.csv'), 'utf8').replace('08:00', '25:00'));
  const refused = await wattchain(['community', 'check', broken]);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/broken\.csv, line 15, column 3 \(START TIME\)/),
  ]);
});

test('a run by the law of Switzerland, with a battery and a car, is verified from its files', async () => {
  const assets = join(directory, 'assets.json');
  writeFileSync(
    assets,
    JSON.stringify({
      batteries: [{ home: 'carl', capacityKwh: 3, powerKw: 2 }],
      cars: [{ home: 'piet', powerKw: 3.7, energyKwh: 5, hours: '9-16' }],
    }),
  );
  const out = join(directory, 'out');
  const tariff = join(root, 'examples', 'community', 'tariffs', 'switzerland-leg-one-transformer.json');
  const run = await wattchain([
    'community',
    'run',
    '--data',
    ...DATA,
    ...READING,
    '--tariff',
    tariff,
    '--assets',
    assets,
    '--rule',
    'pool:mmr',
    '--out',
    out,
  ]);
  expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('pool:mmr')]);
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as {
    community: { currency: string; homes: string[] };
    totals: { consumedMwh: string };
    rules: { rule: string; bills: { fees: string; charges: string; boughtMwh: string; importedMwh: string }[] }[];
  };
  expect(result.community).toMatchObject({ currency: 'CHF', homes: ['carl', 'piet'] });
  // The car's 5 kWh, and what the battery took.
  expect(BigInt(result.totals.consumedMwh)).toBeGreaterThan(11_450_000n + 6_843_000n + 5_000_000n);
  const bills = result.rules.find(({ rule }) => rule === 'pool:mmr')?.bills ?? [];
  // A day of July of 8.00 a month.
  expect(bills.map(({ charges }) => charges)).toEqual(bills.map(() => String((8n * 10n ** 18n) / 31n)));
  for (const { fees, boughtMwh, importedMwh } of bills) {
    // 0.091 for a kWh of neighbours, 0.131 for an imported one; rounding is less than a unit a period.
    const exact = BigInt(boughtMwh) * 91n * 10n ** 9n + BigInt(importedMwh) * 131n * 10n ** 9n;
    const away = BigInt(fees) - exact;
    expect(away < 100n && away > -100n).toBe(true);
  }
  // Carl's page has the printed bill, VAT and all.
  const page = readFileSync(join(out, 'bills', '1-carl.html'), 'utf8');
  expect(page).toMatch(/rounded to the cent[\s\S]*>VAT<[\s\S]*<strong>/);
  const verified = await wattchain(['community', 'verify', out]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('everything is as the result says')]);
});

test('limits and a balance come from a program over JSON-RPC, and the run holds without it', async () => {
  const port = await freePort();
  // Three homes of which two have panels: at 11:00 they give 1.335 kWh, at 12:00 they take 2.43, and the transformer is warm.
  const emulator = spawn(process.execPath, [join(root, 'examples', '11-a-power-system.mjs'), String(port), '1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = finish(emulator);
  const [asked, again, none] = ['asked', 'again', 'none'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const question = ['--data', join(root, 'examples/community/noon.csv'), '--feed-in', '0.05', '--rule', 'pool:mmr'];
  const run = (...options: string[]) => wattchain(['community', 'run', ...question, ...options]);
  try {
    await once(emulator.stdout, 'data');
    expect(await run('--feeder', `http://127.0.0.1:${port}`, '--out', asked)).toMatchObject({ code: 0 });
  } finally {
    emulator.kill();
    await ended;
  }
  const { inputs, assumptions, totals } = resultIn(asked);
  expect(inputs.map(({ file, role }) => [file, role])).toContainEqual(['feeder.json', 'feeder']);
  expect(assumptions.filter((text) => text.startsWith('Line transformer'))).toEqual([
    expect.stringContaining('0.335000 kWh of production behind it were curtailed'),
    expect.stringContaining('take 1.630000 kWh more than it lets through, in 1 period;'),
    expect.stringMatching(/counted 1\.487080 kWh in 3 periods, the homes' meters tell of 1\.366000 kWh/),
  ]);
  expect(await wattchain(['community', 'verify', asked])).toMatchObject({ code: 0 });
  // What the program said is a file now.
  expect(await run('--feeder', join(asked, 'inputs', 'feeder.json'), '--out', again)).toMatchObject({ code: 0 });
  expect(readFileSync(join(again, 'result.json'))).toEqual(readFileSync(join(asked, 'result.json')));
  expect(await run('--out', none)).toMatchObject({ code: 0 });
  expect(BigInt(resultIn(none).totals.producedMwh)).toBeGreaterThan(BigInt(totals.producedMwh));
  expect(await run('--feeder', `http://127.0.0.1:${port}`, '--out', none)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not answer'),
  });
});

function resultIn(folder: string) {
  return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
    readonly inputs: readonly { readonly file: string; readonly role: string }[];
    readonly assumptions: readonly string[];
    readonly totals: { readonly producedMwh: string };
  };
}
