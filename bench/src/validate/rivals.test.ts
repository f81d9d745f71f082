import { WattchainError } from '@wattchain/core';
import { expect, test } from 'vitest';
import { type Rate, runContests } from './rivals.js';

const steps: string[] = [];
/** Somebody with these rates, round by round; what it does goes into `steps`. */
const entrant = (name: string, ...rates: (number | Error)[]) => {
  let round = 0;
  return async () => ({
    run: async (): Promise<Rate> => {
      steps.push(name);
      const rate = rates[round++] ?? 1;
      if (typeof rate !== 'number') throw rate;
      return { perCpuSecond: rate, ...(name === 'ganache' ? {} : { perWallSecond: 1 }) };
    },
    end: async () => {
      steps.push(`end ${name}`);
    },
  });
};
const failing = async () => {
  throw new WattchainError('benchPeer', 'there is no network\nand more');
};

test('all take their turns in each round, and the ratio is the median of the rounds', async () => {
  const heard: string[] = [];
  const contest = {
    measure: 'tradesAuto',
    ours: entrant('ours', 10, 20, 60),
    theirs: { anvil: entrant('anvil', 10, 10, 20), hardhat: failing, ganache: entrant('ganache', 5, 5, 5) },
  };
  steps.length = 0;
  expect(await runContests([contest], 3, (text) => heard.push(text))).toEqual([
    { name: 'anvil', measure: 'tradesAuto', ratio: 2, ours: 20, theirs: 10, wallRatio: 1 },
    { name: 'hardhat', measure: 'tradesAuto', missing: 'there is no network' },
    { name: 'ganache', measure: 'tradesAuto', ratio: 4, ours: 20, theirs: 5 },
  ]);
  const turn = ['ours', 'anvil', 'ganache'];
  expect(steps).toEqual([...turn, ...turn, ...turn, ...turn.map((name) => `end ${name}`)]);
  expect(heard).toContain('hardhat is left out of tradesAuto: there is no network');
});

test('a rival that fails later is left out of the rounds after, and of the figures', async () => {
  const theirs = { anvil: entrant('anvil', 10, new WattchainError('benchAnswer', 'gone')), ganache: failing };
  steps.length = 0;
  expect(await runContests([{ measure: 'vm', ours: entrant('ours'), theirs }], 3, () => {})).toEqual([
    { name: 'anvil', measure: 'vm', missing: 'gone' },
    { name: 'ganache', measure: 'vm', missing: 'there is no network' },
  ]);
  // Nobody is left to compare with.
  expect(steps).toEqual(['ours', 'anvil', 'ours', 'anvil', 'end ours', 'end anvil']);
});

test('a fault of ours is no reason to leave somebody out, and ends all that were started', async () => {
  steps.length = 0;
  const unready = { measure: 'vm', ours: failing, theirs: { anvil: entrant('anvil') } };
  await expect(runContests([unready], 1, () => {})).rejects.toThrow('there is no network');
  const broken = { ...unready, ours: entrant('ours', new TypeError('broken')) };
  await expect(runContests([broken], 1, () => {})).rejects.toThrow('broken');
  expect(steps).toEqual(['end anvil', 'ours', 'end ours', 'end anvil']);
});
