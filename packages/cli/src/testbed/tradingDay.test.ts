import { expect, test } from 'vitest';
import { inOrderOfSellers } from './tradingDay.js';

const address = (digit: string) => `0x${digit.repeat(40)}` as const;

test('offers are taken in the order of their sellers, whatever order blocks gave them', () => {
  const offers = [
    { seller: address('C'), id: 1 },
    { seller: address('9'), id: 2 },
    { seller: address('a'), id: 3 },
    { seller: address('c'), id: 4 },
    { seller: address('b'), id: 5 },
  ];
  const sellers = [address('b'), address('c'), address('A')];
  expect(inOrderOfSellers(offers, sellers).map(({ id }) => id)).toEqual([5, 1, 4, 3, 2]);
  expect(offers.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
});
