/** A community's run on four nodes that mine: the same figures as on a chain in one process, verified, and gone at Ctrl-C. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startCommunityRun, wattchain } from './framework.js';

const directory = mkdtempSync(join(tmpdir(), 'wattchain-community-testbed-'));
const data = join(directory, 'hours.csv');
const [ownProcess, testbed] = [join(directory, 'one'), join(directory, 'four')];
const QUESTION = ['--data', data, '--feed-in', '0.05', '--rule'];
const NODES = ['--testbed', '--block-interval', '500'];

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Three homes, one with sun, over the hour in which the tariff changes. */
function hours(): string {
  const rows = [14, 15, 16, 17].map(
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

test('the figures are those of a chain in one process, to the last unit, and its blocks are verified with their work', async () => {
  writeFileSync(data, hours());
  await wattchain(['community', 'run', ...QUESTION, 'callAuction:uniform', '--out', ownProcess]);
  const run = await startCommunityRun(testbed, ...QUESTION, 'callAuction:uniform', ...NODES);
  const { code, stderr } = await run.end;
  expect([code, stderr]).toEqual([0, expect.stringContaining(`${run.url}/`)]);
  expect(figuresIn(testbed)).toEqual(figuresIn(ownProcess));
  expect(figuresIn(testbed).at(-1)?.settled).toEqual([true, true, true, true]);
  expect(existsSync(join(testbed, '.testbed'))).toBe(false);
  const verified = await wattchain(['community', 'verify', testbed]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('everything is as')]);
  const genesis = join(testbed, 'chains/callAuction-uniform/genesis.json');
  // Figures of its network that are not those under which the blocks were made make another chain.
  writeFileSync(genesis, readFileSync(genesis, 'utf8').replace('"blockIntervalMs": 500', '"blockIntervalMs": 501'));
  expect((await wattchain(['community', 'verify', testbed])).code).toBe(1);
});

test('Ctrl-C ends the nodes and says how to go on', async () => {
  const run = await startCommunityRun(testbed, ...QUESTION, 'pool:mmr', ...NODES);
  await run.told('pool:mmr: four nodes');
  await run.stop();
  const { stderr, code } = await run.end;
  expect([code, stderr]).toEqual([130, expect.stringContaining('--resume')]);
  await expect(fetch(run.url)).rejects.toThrow();
});
