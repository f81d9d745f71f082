import { expect, it } from 'vitest';
import { MAX_CODE_BYTES, newBlockGasLimit } from './params.js';

it('gives a new network gas by its interval, 30 million at most', () => {
  expect([1_000, 5_000, 12_000, 15_000, 3_600_000].map(newBlockGasLimit)).toEqual([
    2_500_000, 12_500_000, 30_000_000, 30_000_000, 30_000_000,
  ]);
});

it('has room for the largest deployment on every network', () => {
  // A transaction 21,000, a deployment 32,000, each byte 16 as data and 50 as code (docs/vm.md); beside it a constructor that writes.
  const deployment = 21_000 + 32_000 + MAX_CODE_BYTES * (16 + 50);
  expect(newBlockGasLimit(100) - deployment).toBeGreaterThan(300_000);
});
