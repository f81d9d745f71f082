import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'wattchain-sim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(args, {
    print: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
    progress: undefined,
  });
  return { code, lines, complaints, repeatable: lines.filter((line) => !line.includes('real time')) };
}

const SHORT = ['--nodes', '4', '--hours', '0.02'];

describe('npm run sim', () => {
  it('says the same for the same seed, and its digest last', async () => {
    const first = await run('--seed', '5', ...SHORT);
    expect(first.code).toBe(0);
    expect(first.lines.at(-1)).toMatch(
      /^sim: seed 5 nodes 4 hours 0\.02 events [1-9]\d* violations 0 digest [0-9a-f]{16}$/,
    );
    expect((await run('--seed', '5', ...SHORT)).repeatable).toEqual(first.repeatable);
    expect((await run('--seed', '6', ...SHORT)).repeatable.at(-1)).not.toBe(first.lines.at(-1));
  });

  it('speaks JSON', async () => {
    const { lines } = await run('--seed', '5', ...SHORT, '--json');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ scenario: 'default', seed: 5, nodes: 4, violations: [] });
  });

  it('ends with 1 where a rule is broken, and says what plays it again', async () => {
    const groups = [
      [0, 1],
      [2, 3],
    ];
    // Halves that both mine and confirm: some thirty blocks each, whatever the luck.
    const split = { kind: 'partition', atMs: 300_000, forMs: 900_000, groups };
    const nodes = Array.from({ length: 4 }, () => ({ triesPerSecond: 4 }));
    const plan = { scenario: 'longPartition', seed: 1, hours: 0.35, nodes, minMembers: 1, splits: 'forbidden' };
    const file = join(folder, 'split.json');
    writeFileSync(file, JSON.stringify({ ...plan, faults: [split] }));
    const { code, lines } = await run('--plan', file);
    expect(code).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^violation at \d+ ms by node \d: confirmed: at height \d+ another/),
    );
    expect(lines).toContain(`play it again: npm run sim -- --plan ${file}`);
    expect(lines.at(-1)).toMatch(/ violations [1-9]\d* digest [0-9a-f]{16}$/);
  });

  it.each([
    [['--seed', 'x'], '--seed is a whole number from 0'],
    [['--nodes', '0'], '--nodes is a whole number from 1 to 100, not "0"'],
    [['--nodes', '101'], '--nodes is a whole number from 1 to 100'],
    [['--hours', '-1'], 'ambiguous'],
    [['--hours', '0'], '--hours is a number from 0.01'],
    [['--scenario', 'none'], 'there is no scenario "none"; choose one of'],
    [['--plan', '/nowhere'], '/nowhere cannot be read'],
    [['--state', 'file'], '--state is for runs of many seeds'],
    [['--jobs', '2'], '--jobs is for runs of many seeds'],
    [['--jobs', '0', '--node-hours', '1'], '--jobs is a whole number from 1'],
    [['--state', '/nowhere/state', '--node-hours', '1'], '/nowhere/state cannot be written'],
    [['--shrink', '/nowhere/small'], '/nowhere/small cannot be written'],
    [['--fast'], "Unknown option '--fast'"],
    [['more'], "Unexpected argument 'more'"],
  ])('refuses %j', async (args, message) => {
    const { code, lines, complaints } = await run(...args);
    expect([code, lines]).toEqual([2, []]);
    expect(complaints.join('\n')).toContain(message);
  });

  it('goes on with a campaign where it was ended', async () => {
    const state = join(folder, 'state.json');
    const campaign = (hours: string, file: string) =>
      run('--seed', '20', ...SHORT, '--node-hours', hours, '--jobs', '1', '--state', file);
    await campaign('0.08', state);
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ firstSeed: 20, nextSeed: 21, broken: [] });
    const resumed = await campaign('0.16', state);
    const whole = await campaign('0.16', join(folder, 'whole.json'));
    // The second seed alone, and the sentence.
    expect(resumed.repeatable).toEqual(whole.repeatable.slice(-resumed.repeatable.length));
    expect(resumed.repeatable.filter((line) => line.startsWith('sim: seed'))).toHaveLength(1);
    expect(whole.lines.at(-1)).toMatch(
      /^sim: scenario default seeds 20 to 21 nodes 4 hours 0\.02 node-hours 0\.16 events \d+ seeds with violations 0$/,
    );
    const other = await run('--seed', '1', ...SHORT, '--node-hours', '1', '--state', state);
    expect(other.complaints[0]).toContain('is of a campaign with firstSeed 20, not 1');
    writeFileSync(state, '{}');
    expect((await campaign('1', state)).code).toBe(2);
  });
});
