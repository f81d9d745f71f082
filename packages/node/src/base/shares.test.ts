import { describe, expect, test } from 'vitest';
import { amountOf, type Held, largestHolder } from './shares.js';

const held = (...texts: string[]): Held<string>[] =>
  texts.map((text) => {
    const [client = '', item = '', weight = '1', spared] = text.split(' ');
    return { client, item, weight: Number(weight), isSpared: spared === 'spared', isKept: spared === 'kept' };
  });

describe('who holds most', () => {
  test('gives what rested longest', () => {
    expect(largestHolder(held('a 1', 'b 2', 'b 3', 'a 4', 'b 5'))).toEqual({ client: 'b', item: '2', amount: 3 });
  });

  test('is counted by weight, and what weighs nothing is not given', () => {
    expect(largestHolder(held('a 1', 'a 2', 'b 3 0', 'b 4 7'))).toEqual({ client: 'b', item: '4', amount: 7 });
  });

  test('among equals is the first of all', () => {
    expect(largestHolder(held('a 1', 'b 2', 'c 3'))).toEqual({ client: 'a', item: '1', amount: 1 });
    expect(largestHolder([])).toBeUndefined();
  });

  test('keeps what is spared while it has something else, and equals give before', () => {
    expect(largestHolder(held('a 1 1 spared', 'a 2', 'b 3'))).toMatchObject({ item: '2' });
    expect(largestHolder(held('a 1 1 spared', 'b 2'))).toMatchObject({ item: '2' });
    expect(largestHolder(held('a 1 1 spared', 'a 2 1 spared', 'b 3'))).toMatchObject({ item: '1' });
  });
});

test('what is kept is counted and not given', () => {
  expect(largestHolder(held('a 1 1 kept', 'b 2', 'a 3'))).toMatchObject({ item: '3', amount: 2 });
  expect(largestHolder(held('a 1 1 kept', 'a 2 1 kept', 'b 3'))).toMatchObject({ item: '3', amount: 1 });
});

test('the amount of one client', () => {
  expect(amountOf(held('a 1 2', 'b 2 9', 'a 3 3'), 'a')).toBe(5);
});
