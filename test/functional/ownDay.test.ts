/** `wattchain testbed --day FILE`: another community's day on four processes, from its file to its report. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderCommunityReport } from '../../packages/cli/dist/testbed/communityReport.js';
import { type Finished, root, startTestbed, wattchain } from './framework.js';
import { runInProcess } from './inProcess.js';
import { playOnOneNode } from './oneNodeDay.js';

/** Three quarters of an hour; ann and eve sell, who buys what follows by hand from the rule. */
const DAY = `start,ann_load_Wh,ann_pv_Wh,bob_load_Wh,cid_load_Wh,eve_load_Wh,eve_pv_Wh,tariff_usd_per_kWh
2024-07-04T12:00+02:00,100,400,250,200,0,100,0.3
2024-07-04T12:15+02:00,300,200,50,0,0,600.5,0.3
2024-07-04T12:30+02:00,100,100,50,60,20,10,0.3
`;

interface DayJson {
  readonly homes: readonly Record<string, string>[];
  readonly periods: readonly { readonly start: string; readonly homes: readonly Record<string, string>[] }[];
  readonly checks: readonly { readonly what: string; readonly holds: boolean }[];
  readonly passed: boolean;
  readonly trades: number;
  readonly surplusKwh: string;
  readonly tradedKwh: string;
  readonly periodSeconds: number;
}

const directory = mkdtempSync(join(tmpdir(), 'wattchain-own-day-'));
const testbedDirectory = join(directory, 'testbed');
const file = join(directory, 'own.csv');
let finished: Finished;
let day: DayJson;

beforeAll(async () => {
  writeFileSync(file, DAY);
  finished = await (await startTestbed(testbedDirectory, '--day', file, '--exit', '--block-interval', '300')).end;
  expect(finished.code, finished.stderr).toBe(0);
  day = JSON.parse(readFileSync(join(testbedDirectory, 'result', 'day.json'), 'utf8')) as DayJson;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("a community's own day", () => {
  test('holds, and the exit code says so', () => {
    expect(finished.stderr).toContain('stopping the four nodes');
    expect(day.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(day.passed).toBe(true);
    expect(finished.stdout).toContain('the day holds');
  });

  test('trades what the homes had and needed, in their order', () => {
    const traded = day.periods.map(({ start, homes }) => [
      start,
      ...homes.map(({ soldKwh, boughtKwh }) => `${soldKwh}/${boughtKwh}`),
    ]);
    expect(traded).toEqual([
      ['12:00', '0.300000/0.000000', '0.000000/0.250000', '0.000000/0.150000', '0.100000/0.000000'],
      ['12:15', '0.000000/0.100000', '0.000000/0.050000', '0.000000/0.000000', '0.150000/0.000000'],
      ['12:30', '0.000000/0.000000', '0.000000/0.000000', '0.000000/0.000000', '0.000000/0.000000'],
    ]);
    expect([day.surplusKwh, day.tradedKwh, day.trades, day.periodSeconds]).toEqual(['1.000500', '0.550000', 5, 900]);
  });

  test("moves tokens between the accounts of the homes, the fourth of which is beyond the paper's", () => {
    const accounts = day.homes.map(({ name, account, startTokens, endTokens }) => [
      name,
      account,
      startTokens,
      endTokens,
    ]);
    expect(accounts).toEqual([
      ['ann', 'node-1', '1', expect.stringMatching(/^2\.33333/)],
      ['bob', 'node-2', '3', expect.stringMatching(/^1(\.0+\d*)?$/)],
      ['cid', 'node-3', '2', expect.stringMatching(/^1(\.0+\d*)?$/)],
      ['eve', 'node-4', '1', expect.stringMatching(/^2\.6666/)],
    ]);
  });

  test('is printed by period and by home, and written as files', () => {
    expect(finished.stdout).toContain(
      'own.csv: 2024-07-04, 3 quarters of an hour from 12:00 to that of 12:30, 4 homes',
    );
    expect(finished.stdout).toContain('columns without energy left out: tariff_usd_per_kWh');
    const csv = readFileSync(join(testbedDirectory, 'result', 'day.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(csv).toHaveLength(1 + 3 * 4);
    for (const name of ['flows', 'home-01', 'home-04'])
      expect(readFileSync(join(testbedDirectory, 'result', `${name}.svg`), 'utf8')).toMatch(/^<svg /);
  });
});

/** What other tools write: semicolons, an empty last column, times of JavaScript, half hours, a decimal comma, an exponent. */
const EXPORTED = `start;ann_load_kWh;ann_pv_kWh;bob_load_kWh;
2024-07-04T12:00:00.000Z;1e-05;1,5;0,25;
2024-07-04T12:30:00.000Z;0,2;0;1,25;
`;

test('a file as other tools write it is read, and what was left out is said', async () => {
  const exported = join(directory, 'exported.csv');
  writeFileSync(exported, EXPORTED);
  const { report, stop } = await playOnOneNode(exported);
  await stop();
  expect(report.passed).toBe(true);
  const text = renderCommunityReport(report);
  expect(text).toContain('exported.csv: 2024-07-04, 2 half hours from 12:00 to that of 12:30, 2 homes; times by UTC');
  expect(text).toContain('1 empty last column left out');
  expect([report.surplusKwh, report.tradedKwh, report.periodSeconds]).toEqual(['1.499990', '0.250000', 1_800]);
});

describe('a file with a slip', () => {
  test.each([
    ['42b-ts-end.csv', /line 1, column 1 \(End\): periods are named by their ends\n {2}shift the times/],
    ['51-offset-99.csv', /line 2, column 1 \(start\): .* no place has the offset \+99:99\n/],
    ['41-cumulative.csv', /column 3 \(ann_pv_kWh\): the figures only grow .*\n {2}.*cumulative/],
    ['21b-utf16le.csv', /it is UTF-16 \(little-endian\), not UTF-8\n/],
    ['07-espi.xml', /it is XML \(Green Button\), not CSV\n/],
  ])('%s is refused for what it is, before anything starts', async (name, message) => {
    const dir = join(directory, `refused-${name}`);
    const args = ['testbed', '--day', join(root, 'test/cases/day', name), '--dir', dir];
    const { code, stdout, stderr } = await runInProcess(args, {});
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: [^\n]+\n {2}[^\n]+\n$/);
    expect(existsSync(dir)).toBe(false);
  });

  const other = join(directory, 'other');

  test('is refused with its place before anything starts', async () => {
    const broken = join(directory, 'broken.csv');
    writeFileSync(broken, DAY.replace('250', 'many'));
    const { code, stderr, stdout } = await wattchain(['testbed', '--day', broken, '--dir', other]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'error: broken.csv, line 2, column 4 (bob_load_Wh): "many" is not an energy in Wh\n  write digits with at most one point, for example 1.071612\n',
    );
    expect(existsSync(other)).toBe(false);
  });

  test('is refused as JSON too, and so is a date without a file', async () => {
    const day = await runInProcess(['testbed', '--day', join(directory, 'none.csv'), '--dir', other, '--json'], {});
    expect([day.code, JSON.parse(day.stdout)]).toMatchObject([1, { error: { code: 'unreadableFile' } }]);
    const date = await runInProcess(['testbed', '--date', '2024-07-04', '--dir', other, '--json'], {});
    expect([date.code, JSON.parse(date.stdout)]).toMatchObject([1, { error: { code: 'badDayOption' } }]);
  });
});
