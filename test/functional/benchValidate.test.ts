/** The way of a transaction is measured against rivals; no figure is judged, and nothing is installed. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startWattchain, waitUntil, wattchain } from './framework.js';

interface Entry {
  readonly name: string;
  readonly measure: string;
  readonly ratio?: number;
  readonly ours?: number;
  readonly theirs?: number;
  readonly missing?: string;
}

test('wattchain bench validate --json prints figures, and of a rival that is not there the reason', async () => {
  const rivals = ['--rival', '@noble/secp256k1', 'anvil'];
  const { stdout, code } = await wattchain(['bench', 'validate', '--quick', '--json', '--no-install', ...rivals]);
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as { rivals: Entry[] };
  expect(Object.keys(report)).toEqual(['rivals']);
  expect(report.rivals.map(({ measure, name }) => [measure, name])).toEqual([
    ['recover', '@noble/secp256k1'],
    ['recoverSingle', '@noble/secp256k1'],
    ['import', '@noble/secp256k1'],
    ['tradesMined', 'anvil'],
    ['tradesAuto', 'anvil'],
    ['tradesOneByOne', 'anvil'],
  ]);
  for (const { name, measure, missing, ...figures } of report.rivals) {
    if (name === 'anvil' && missing !== undefined) {
      expect([figures, missing]).toEqual([{}, 'bench/peers/anvil is not installed']);
      continue;
    }
    expect(Object.keys(figures), `${measure} ${name}`).toEqual(['ratio', 'ours', 'theirs']);
    for (const figure of Object.values(figures)) expect(figure).toBeGreaterThan(0);
  }
});

/** The process that another one started whose command line has a word. */
function childOf(parent: number, word: string): number | undefined {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'latin1');
    } catch {
      // It ended meanwhile.
      return '';
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    const [, parentPid] = /\) \w (\d+) /.exec(read(pid, 'stat')) ?? [];
    return Number(parentPid) === parent && read(pid, 'cmdline').split('\0').includes(word);
  });
  return found === undefined ? undefined : Number(found);
}

test.runIf(existsSync('/proc/self/stat'))('a benchmark that is told to end takes what it started with it', async () => {
  const bench = startWattchain(['bench', 'dev', '--runs', '1000']);
  const ended = once(bench, 'exit');
  const child = await waitUntil('a server under measurement', async () => childOf(bench.pid ?? 0, 'dev'));
  bench.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
  await waitUntil('the server to end', async () => !existsSync(`/proc/${child}`), 30_000);
});
