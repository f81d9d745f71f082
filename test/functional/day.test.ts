/** The paper's day, whole: four processes, one of them killed in the middle, the printed table, the files, the exit code. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, startTestbed } from './framework.js';

interface CellJson {
  readonly measured: string;
  readonly paper: string;
  readonly mark: string;
}
interface DayJson {
  readonly rows: readonly (Record<string, CellJson> & { readonly hour: string; readonly unsoldKwh: string })[];
  readonly balances: { readonly node1: string; readonly node2: string; readonly node3: string };
  readonly surplusKwh: string;
  readonly tradedKwh: string;
  readonly trades: number;
  readonly headsAgree: boolean;
  readonly passed: boolean;
  readonly ends: readonly { readonly hash: string; readonly stateRoot: string }[];
  readonly blocks: number;
  readonly transactions: number;
  readonly transactionBytesPerTrade: number;
  readonly plannedBlockIntervalMs: number;
  readonly work: {
    readonly blocks: number;
    readonly tries: number;
    readonly joules: number;
    readonly trades: number;
    readonly perTrade: { readonly joules: number };
    readonly perKwh: { readonly joules: number; readonly share: number };
  };
  readonly redemption: {
    readonly orderId: number;
    readonly payoutId: number;
    readonly tokens: string;
    readonly status: string;
  };
}

/** An estimate of one's own, which the report must use instead of the default. */
const JOULES = ['--joules-per-hash', '2e-6'];
const directory = mkdtempSync(join(tmpdir(), 'wattchain-day-'));
const testbedDirectory = join(directory, 'testbed');
let finished: Finished;
let day: DayJson;

beforeAll(async () => {
  const testbed = await startTestbed(testbedDirectory, '--exit', '--block-interval', '500', ...JOULES);
  // home-2 is the node through which both buyers send; it dies between the offers and its acceptances.
  await testbed.told('node 1 offers');
  const pid = /home-2 .* pid (\d+)/.exec(testbed.progress())?.[1];
  process.kill(Number(pid), 'SIGKILL');
  finished = await testbed.end;
  day = JSON.parse(readFileSync(join(testbedDirectory, 'result', 'day.json'), 'utf8')) as DayJson;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the day', () => {
  test('holds although a node was killed in the middle and came back', () => {
    expect(finished.stderr).toContain('home-2 ended (SIGKILL); starting it again');
    expect(day.passed).toBe(true);
    expect(finished.code).toBe(0);
  });

  test('ends with the exact balances', () => {
    expect(finished.stdout).toContain('node 1 190.833467   node 2 40.286033   node 3 68.880500 ENT');
    expect(day.balances.node1).toMatch(/^190\.83346666666666\d+$/);
  });

  test('trades what was offered and needed', () => {
    expect(day.surplusKwh).toBe('14.257980');
    expect(day.tradedKwh).toBe('13.625020');
    expect(day.trades).toBe(15);
    const unsold = day.rows.filter((row) => row.unsoldKwh !== '0.000000').map((row) => [row.hour, row.unsoldKwh]);
    expect(unsold).toEqual([
      ['10:00', '0.381665'],
      ['11:00', '0.251295'],
    ]);
  });

  test('says what its proof of work cost, beside the energy that was traded', () => {
    const { work } = day;
    expect([work.blocks, work.trades, day.plannedBlockIntervalMs]).toEqual([day.blocks, 15, 500]);
    expect(work.tries).toBeGreaterThan(work.blocks);
    expect(work.joules).toBeCloseTo(work.tries * 2e-6, 9);
    expect(work.perTrade.joules).toBeCloseTo(work.joules / 15, 9);
    expect(work.perKwh.joules).toBeCloseTo(work.joules / 13.62502, 9);
    expect(work.perKwh.share).toBeCloseTo(work.joules / (13.62502 * 3_600_000), 15);
    expect(finished.stdout).toMatch(/^proof of work +[\d,]+ tries expected at about 2 µJ each \(an estimate, /m);
    expect(finished.stdout).toMatch(/ per confirmed trade, .+ per kWh: [\d.]+ % of the energy that was traded$/m);
    expect(finished.stdout).toMatch(/^block interval +[\d.]+ s on average, 0\.5 s planned$/m);
  });

  test('equals the paper in every cell but the last digit of node 1', () => {
    const marks = (name: string) => day.rows.map((row) => row[name]?.mark);
    for (const name of ['surplusKwh', 'node2Kwh', 'node2Tokens', 'node3Kwh', 'node3Tokens']) {
      expect(new Set(marks(name)), name).toEqual(new Set(['equal']));
    }
    const within = day.rows.filter((row) => row.node1Tokens?.mark === 'within').map((row) => row.hour);
    expect(within).toEqual(['12:00', ...Array.from({ length: 10 }, (_, index) => `${14 + index}:00`)]);
    expect(marks('node1Tokens')).not.toContain('wrong');
  });

  test('takes no more of the chain than a trade did under the rules that trusted everybody', () => {
    // 15 trades, 47 transactions and 1,475 bytes a trade then; the payout is closed when its holder's time to object is over.
    expect(day.transactions).toBeLessThan(47);
    expect(day.transactionBytesPerTrade).toBeLessThan(1_475);
  });

  test("pays node 1's standing order after the table, which keeps its balances", () => {
    expect(day.redemption).toMatchObject({ orderId: 1, payoutId: 1, tokens: '50', status: 'markedPaid' });
    expect(finished.stdout).toContain(
      `node 1's standing order 1, left before the day (50 ENT every 10 s to "account of node-1"), was due`,
    );
    expect(finished.stdout).toContain("node 1's balance then is 140.833467 ENT");
  });

  test('leaves four nodes with one head and one state', () => {
    expect(day.ends).toHaveLength(4);
    expect(new Set(day.ends.map((end) => `${end.hash} ${end.stateRoot}`)).size).toBe(1);
  });

  test("is drawn as the paper's Figures 3 to 6", () => {
    for (const name of ['figure-3', 'figure-4', 'figure-5', 'figure-6']) {
      const svg = readFileSync(join(testbedDirectory, 'result', `${name}.svg`), 'utf8');
      expect(svg, name).toContain("The paper's data: ");
    }
  });

  test('is written as a table of 24 hours and a picture', () => {
    const csv = readFileSync(join(testbedDirectory, 'result', 'day.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(csv).toHaveLength(25);
    expect(csv[0]?.split(',')).toHaveLength(csv[1]?.split(',').length ?? 0);
    const svg = readFileSync(join(testbedDirectory, 'result', 'day.svg'), 'utf8');
    expect(svg.match(/<rect /g)?.length).toBeGreaterThan(20);
    expect(svg.match(/<polyline /g)).toHaveLength(3);
  });
});
