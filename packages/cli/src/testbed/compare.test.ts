import { parseTokens } from '@wattchain/market';
import { describe, expect, test } from 'vitest';
import { compareBalance, compareEnergy } from './compare.js';

describe('a balance beside the paper’s', () => {
  test('is equal when it rounds to what the paper prints', () => {
    expect(compareBalance(parseTokens('97.147653333333333334'), '97.148').mark).toBe('equal');
    expect(compareBalance(parseTokens('94.8904'), '94.89').mark).toBe('equal');
  });
  test('is within when the last digit differs by one', () => {
    expect(compareBalance(parseTokens('190.833466666666666662'), '190.834').mark).toBe('within');
    expect(compareBalance(parseTokens('190.835'), '190.834').mark).toBe('within');
  });
  test('is wrong beyond that', () => {
    expect(compareBalance(parseTokens('190.8361'), '190.834').mark).toBe('wrong');
  });
});

test('an energy is equal only to the milliwatt-hour, and within 0.001 kWh at most', () => {
  expect(compareEnergy(427_852n, 427_852n)).toEqual({ measured: '0.427852', paper: '0.427852', mark: 'equal' });
  expect(compareEnergy(428_852n, 427_852n).mark).toBe('within');
  expect(compareEnergy(428_853n, 427_852n).mark).toBe('wrong');
});
