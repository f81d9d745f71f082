import { WattchainError } from '@wattchain/core';
import { expect, test } from 'vitest';
import { runContests } from './rivals.js';

const rates = (...perCpuSecond: number[]) => {
  let round = 0;
  return async () => ({ perCpuSecond: perCpuSecond[round++] as number, perWallSecond: 1 });
};

test('the ratio is the median of the rounds, and a rival that fails has its reason instead', async () => {
  const heard: string[] = [];
  let asked = 0;
  const fail = async () => {
    asked++;
    throw new WattchainError('benchPeer', 'there is no network\nand more');
  };
  const contest = {
    measure: 'tradesAuto',
    ours: rates(10, 20, 60),
    theirs: { anvil: rates(10, 10, 20), hardhat: fail, ganache: async () => ({ perCpuSecond: 5 }) },
  };
  expect(await runContests([contest], 3, (text) => heard.push(text))).toEqual([
    { name: 'anvil', measure: 'tradesAuto', ratio: 2, ours: 20, theirs: 10, wallRatio: 1 },
    { name: 'hardhat', measure: 'tradesAuto', missing: 'there is no network' },
    { name: 'ganache', measure: 'tradesAuto', ratio: 4, ours: 20, theirs: 5 },
  ]);
  expect(asked).toBe(1);
  expect(heard).toContain('hardhat is left out of tradesAuto: there is no network');
});

test('a fault of ours is no reason to leave somebody out', async () => {
  const contest = { measure: 'vm', ours: () => Promise.reject(new Error('broken')), theirs: { anvil: rates(1) } };
  await expect(runContests([contest], 1, () => {})).rejects.toThrow('broken');
});
