import { expect, test } from 'vitest';
import { measureValidation } from './measureValidation.js';

test('the libraries are measured in turns, and both sides do the same work', async () => {
  const extent = { rounds: 1, signatures: 20, hashes: 50, blocks: { rounds: 1, transactions: 90 } };
  const { rivals, turns, checksum, rounds } = await measureValidation(extent, () => {});
  expect(rivals.map(({ name, measure }) => `${measure} ${name}`)).toEqual([
    'recover @noble/secp256k1',
    'recoverSingle @noble/secp256k1',
    'keccak256 @noble/hashes',
    'sha256 @noble/hashes',
    'mined @noble/secp256k1',
    'import @noble/secp256k1',
  ]);
  for (const { ratio, ours, theirs } of rivals) {
    expect(theirs).toBeGreaterThan(0);
    expect(ratio).toBeCloseTo(ours / theirs, 6);
  }
  expect(turns.p99Ms).toBeGreaterThanOrEqual(turns.p50Ms);
  expect(turns.maxMs).toBeGreaterThanOrEqual(turns.p99Ms);
  expect(rounds).toBe(1);
  expect(checksum).toMatch(/^0x[0-9a-f]{64}$/);
  expect((await measureValidation(extent, () => {})).checksum).toBe(checksum);
});
