/** The command of `npm run fuzz`, short: every target for one round, an input again, a state that goes on. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TARGET_NAMES } from '../fuzz/names.mjs';
import { root } from './framework.js';

const folder = mkdtempSync(join(tmpdir(), 'wattchain-fuzz-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Fuzzed {
  readonly inputs: number;
  readonly findings: readonly { readonly target: string; readonly message: string }[];
  readonly figures: readonly { readonly target: string; readonly inputs: number; readonly features: number }[];
}

function fuzz(...args: readonly string[]) {
  return new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const command = [join(root, 'test/fuzz/main.mjs'), '--out', join(folder, 'findings'), ...args];
    execFile(process.execPath, command, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('a round of every target finds nothing, and goes on from its state', async () => {
  const state = join(folder, 'state.json');
  const first = await fuzz('--inputs', '1', '--seed', '16', '--state', state, '--json');
  expect([first.stderr, first.code]).toEqual(['', 0]);
  const report = JSON.parse(first.stdout) as Fuzzed;
  expect(report.findings).toEqual([]);
  expect(report.figures.map(({ target }) => target)).toEqual(TARGET_NAMES);
  for (const { target, features } of report.figures) expect([target, features > 10]).toEqual([target, true]);

  const again = await fuzz('--target', 'rlp', '--inputs', '8192', '--seed', '16', '--state', state, '--json');
  expect(JSON.parse(again.stdout) as Fuzzed).toMatchObject({
    inputs: 8192,
    figures: [{ target: 'rlp', inputs: 8192 }],
  });
  expect(readdirSync(folder)).toEqual(['state.json']);
});

test('an input is run again, and a wrong question is told from a finding', async () => {
  const file = join(folder, 'header-00.bin');
  writeFileSync(file, Uint8Array.of(0, 1));
  const replayed = await fuzz('--replay', file);
  expect([replayed.code, replayed.stdout]).toEqual([0, 'holds; refused\n']);
  expect((await fuzz('--target', 'nothing')).code).toBe(2);
  expect((await fuzz('--inputs', 'many')).stderr).toMatch(/--inputs takes a whole number/);
  expect(existsSync(join(folder, 'findings'))).toBe(false);
});
