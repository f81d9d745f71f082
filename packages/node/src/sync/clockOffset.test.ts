import { expect, it } from 'vitest';
import { medianOffsetMs } from './clockOffset.js';

it.each<[string, number[], number | undefined]>([
  ['of nobody is not known', [], undefined],
  ['of one is its own', [120_000], 120_000],
  ['of two is the smaller one', [120_000, 90_000], 90_000],
  ['of two behind, too', [-120_000, -90_000], -90_000],
  ['of two that contradict each other is none', [-120_000, 90_000], 0],
  ['of three is not what one liar says', [100, 2 ** 50, -50], 100],
  ['of four is not what one liar says', [100, 2 ** 50, 120, 110], 110],
  ['of five is not what two liars say', [1, -(2 ** 50), 3, -(2 ** 50), 2], 1],
])('a clock offset %s', (_, offsets, median) => {
  expect(medianOffsetMs(offsets)).toBe(median);
});
