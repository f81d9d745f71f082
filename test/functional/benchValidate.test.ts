/** Validation's parts are measured against the libraries that could do them; no figure is judged. */
import { expect, test } from 'vitest';
import { wattchain } from './framework.js';

interface Report {
  readonly rivals: readonly { readonly name: string; readonly measure: string; readonly ratio: number }[];
  readonly checksum: string;
}

test('wattchain bench validate --quick prints ratios as JSON, and the same checksum each time', async () => {
  const runs = [];
  for (let i = 0; i < 2; i++) {
    const { stdout, stderr, code } = await wattchain(['bench', 'validate', '--quick', '--json']);
    expect([stderr, code]).toEqual(['', 0]);
    runs.push(JSON.parse(stdout) as Report);
  }
  const [first, second] = runs as [Report, Report];
  expect(first.rivals.map(({ name, measure }) => [measure, name])).toEqual([
    ['recover', '@noble/secp256k1'],
    ['recoverSingle', '@noble/secp256k1'],
    ['keccak256', '@noble/hashes'],
    ['sha256', '@noble/hashes'],
    ['mined', '@noble/secp256k1'],
    ['import', '@noble/secp256k1'],
  ]);
  for (const { ratio } of first.rivals) expect(ratio).toBeGreaterThan(0);
  expect(second.checksum).toBe(first.checksum);
});
