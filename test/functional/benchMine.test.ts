/** The contest of the searchers runs, and every rival shows the right hash before it takes part; no figure is judged. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { wattchain } from './framework.js';

interface Rate {
  readonly name: string;
  readonly hashesPerSecond: number;
  readonly ratio: number;
}

interface Report {
  readonly kernel: { readonly hashesPerSecond: number; readonly scaling: number };
  readonly rivals: readonly Rate[];
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
}

test('wattchain bench mine --quick lets everybody try the same puzzle', async () => {
  const { stdout, stderr, code } = await wattchain(['bench', 'mine', '--quick', '--json']);
  expect([stderr, code]).toEqual(['', 0]);
  const { kernel, rivals, absent } = JSON.parse(stdout) as Report;
  expect([...rivals, ...absent].map(({ name }) => name)).toEqual([
    '@noble/hashes sha256',
    'node:crypto hash()',
    'hash-wasm sha256',
    'gcc -O3, textbook with midstate',
    'gcc -O3, same tricks (schedule shared, rounds skipped), no SHA instructions',
    'gcc -O3, same tricks, four lanes by gcc',
    'gcc -O3 -msha, the same midstates',
  ]);
  // A processor may lack the SHA instructions; a machine may lack the compiler.
  const wanted = spawnSync('gcc', ['--version']).status === 0 ? 6 : 3;
  expect(rivals.length).toBeGreaterThanOrEqual(wanted);
  for (const { hashesPerSecond, ratio } of rivals) {
    expect(hashesPerSecond).toBeGreaterThan(0);
    expect(ratio).toBeCloseTo(kernel.hashesPerSecond / hashesPerSecond, 6);
  }
  expect(kernel.scaling).toBeGreaterThan(0);
});
