import { expect, it } from 'vitest';
import { dropReached } from './sender.js';

/** Asks about 100 things of which the first so many are reached; what is left, and how many were asked about. */
async function ask(reachedCount: number): Promise<{ left: number[]; asked: number }> {
  let asked = 0;
  const left = await dropReached(
    Array.from({ length: 100 }, (_, index) => index),
    async (index) => {
      asked++;
      return index < reachedCount;
    },
  );
  return { left: [...left], asked };
}

it('asks about the first alone while it is waited for, then about some at a time, and about nothing after one that is open', async () => {
  expect(await ask(0)).toEqual({ left: Array.from({ length: 100 }, (_, index) => index), asked: 1 });
  expect(await ask(1)).toMatchObject({ left: expect.arrayContaining([1, 99]), asked: 26 });
  const most = await ask(30);
  expect([most.left.length, most.left[0], most.asked]).toEqual([70, 30, 51]);
  expect(await ask(100)).toEqual({ left: [], asked: 100 });
});
