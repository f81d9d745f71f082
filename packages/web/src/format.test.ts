import { stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { ago, coins, duration, gasPriceText, humanise, interval, kwh, magnitude, tokens, wordText } from './format.js';

describe('figures for reading', () => {
  it('says energy to a watt-hour, always with three decimals', () => {
    expect([13_625_020n, 669_730n, 669_499n, 0n, 1_000_000n].map(kwh)).toEqual([
      '13.625 kWh',
      '0.670 kWh',
      '0.669 kWh',
      '0.000 kWh',
      '1.000 kWh',
    ]);
    // Node 3's purchases of the paper's day.
    expect(kwh(4_667_925n)).toBe('4.668 kWh');
    expect(kwh(1_234_567_890_000n)).toBe('1,234,567.890 kWh');
  });
  it('does not say nothing for what is something', () => {
    expect([1n, 500n, 501n].map(kwh)).toEqual(['< 0.001 kWh', '< 0.001 kWh', '0.001 kWh']);
    expect([1n, 5n * 10n ** 14n, 10n ** 15n].map(tokens)).toEqual(['< 0.001 ENT', '< 0.001 ENT', '0.001 ENT']);
  });
  it('rounds tokens as the paper does and never rounds coins up', () => {
    expect(tokens(190_833_467n * 10n ** 12n)).toBe('190.833 ENT');
    expect(coins(1_234_999_999_999_999_999_999n)).toBe('1,234.999 WATT');
    // The fees of a transfer and of a call at a gwei.
    expect([21_000n * 10n ** 9n, 109_628_999_999_999n].map(coins)).toEqual(['0.000021 WATT', '0.000109628 WATT']);
    expect([0n, 1n, 109_628n, 10n ** 15n].map(coins)).toEqual(['0.000 WATT', '1 wei', '109,628 wei', '0.001 WATT']);
  });
  it('says the price of gas in gwei, exactly', () => {
    expect([10n ** 9n, 1_500_000_000n, 2_000n * 10n ** 9n, 10n ** 6n].map(gasPriceText)).toEqual([
      '1 gwei',
      '1.5 gwei',
      '2,000 gwei',
      '0.001 gwei',
    ]);
    expect([0n, 100n, 999_999n].map(gasPriceText)).toEqual(['0 wei', '100 wei', '999,999 wei']);
  });
  it('says how long ago in one unit', () => {
    const now = 1_000 * 86_400_000;
    expect([3_000, 300_000, 25_200_000, 259_200_000].map((ms) => ago(now - ms, now))).toEqual([
      '3 s ago',
      '5 min ago',
      '7 h ago',
      '3 days ago',
    ]);
  });
  it('says lengths of time in the largest whole unit', () => {
    expect([1n, 90n, 900n, 3600n, 5400n, 86_400n, 172_800n].map(duration)).toEqual([
      '1 s',
      '90 s',
      '15 min',
      '1 h',
      '90 min',
      '1 day',
      '2 days',
    ]);
    expect(interval(2_140)).toBe('2.1 s');
    expect(interval(600_000)).toBe('10 min');
  });
  it('says rates with a prefix', () => {
    expect([999, 55_000, 5_300_000].map(magnitude)).toEqual(['999', '55.0 k', '5.3 M']);
  });
  it('turns names of the contracts into words', () => {
    expect(['acceptUntil', 'EnergyToken', 'to'].map(humanise)).toEqual(['accept until', 'Energy Token', 'to']);
  });
});

describe('text in a word', () => {
  it('shows letters of any language', () => {
    expect(wordText(stringToHex('Haus Müller', { size: 32 }))).toBe('Haus Müller');
  });
  it('shows hexadecimal digits for what is no text, or turns text around', () => {
    expect(wordText(`0x${'ff'.repeat(32)}`)).toBe('0xffffff…ffffff');
    expect(wordText(stringToHex('a\u202eb', { size: 32 }))).toMatch(/^0x61e280…/);
    expect(wordText(stringToHex('a\nb', { size: 32 }))).toMatch(/^0x610a62…/);
  });
});
