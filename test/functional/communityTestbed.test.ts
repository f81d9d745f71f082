/** A community's run on four nodes that mine: gone at Ctrl-C, resumed, with the same figures as on chains in one process, verified. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startCommunityRun, wattchain } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-community-testbed-'));
const data = join(directory, 'hours.csv');
const [ownProcess, testbed] = [join(directory, 'one'), join(directory, 'four')];
const QUESTION = ['--data', data, '--feed-in', '0.05', '--rule', 'energyTrade', 'continuousBook'];
const NODES = ['--testbed', '--block-interval', '400'];

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Three homes, one with sun, over the hour in which the tariff changes. */
function hours(): string {
  const rows = [15, 16].map(
    (hour) => `2017-07-01T${hour}:00,${hour < 16 ? '0.22' : '0.54'},0.${hour}1,0.7,0.3,1.${hour},0,0`,
  );
  return `time,tariff_usd_per_kWh,load1_kWh,load2_kWh,load3_kWh,pv1_kWh,pv2_kWh,pv3_kWh\n${rows.join('\n')}\n`;
}

/** What a result says of money and energy: without transactions and what the chain took. */
function figuresIn(folder: string) {
  const { rules } = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as {
    rules: { rule: string; bills: unknown; losers: unknown; periods: { transactions: string[] }[] }[];
  };
  return rules.map(({ rule, bills, losers, periods }) => ({
    rule,
    bills,
    losers,
    periods: periods.map(({ transactions, ...period }) => period),
    settled: periods.map(({ transactions }) => transactions.length > 0),
  }));
}

test('interrupted and resumed, the figures are those of chains in one process, to the last unit, and the blocks are verified with their work', async () => {
  writeFileSync(data, hours());
  await wattchain(['community', 'run', ...QUESTION, '--out', ownProcess]);
  const interrupted = await startCommunityRun(testbed, ...QUESTION, ...NODES);
  await interrupted.told('continuousBook: four nodes');
  await interrupted.stop();
  expect(await interrupted.end).toMatchObject({ code: 130, stderr: expect.stringContaining('--resume') });
  await expect(fetch(interrupted.url)).rejects.toThrow();
  const run = await startCommunityRun(testbed, ...QUESTION, ...NODES, '--resume');
  const { code, stderr } = await run.end;
  expect([code, stderr]).toEqual([0, expect.stringContaining(`${run.url}/`)]);
  expect(stderr).toContain('energyTrade: was done already');
  expect(figuresIn(testbed)).toEqual(figuresIn(ownProcess));
  expect(figuresIn(testbed).at(-1)).toMatchObject({ rule: 'continuousBook', settled: [true, true] });
  expect(existsSync(join(testbed, '.testbed'))).toBe(false);
  const verified = await wattchain(['community', 'verify', testbed]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('everything is as')]);
  const genesis = join(testbed, 'chains/continuousBook/genesis.json');
  // Figures of its network that are not those under which the blocks were made make another chain.
  writeFileSync(genesis, readFileSync(genesis, 'utf8').replace('"blockIntervalMs": 400', '"blockIntervalMs": 401'));
  expect((await wattchain(['community', 'verify', testbed])).code).toBe(1);
});
