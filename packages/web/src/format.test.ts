import { stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { coins, duration, humanise, interval, kwh, magnitude, tokens, wordText } from './format.js';

describe('figures for reading', () => {
  it('says small energy in watt-hours and the rest in kilowatt-hours', () => {
    expect(kwh(9_999n)).toBe('10.0 Wh');
    expect(kwh(10_000n)).toBe('0.01 kWh');
    expect(kwh(13_625_020n)).toBe('13.625 kWh');
    expect([669_730n, 669_499n].map(kwh)).toEqual(['0.67 kWh', '0.669 kWh']);
    expect(kwh(0n)).toBe('0.00 kWh');
    // Node 3's purchases of the paper's day.
    expect(kwh(4_667_925n)).toBe('4.668 kWh');
    expect(kwh(1_999_500n)).toBe('2.00 kWh');
  });
  it('rounds tokens as the paper does and never rounds coins up', () => {
    expect(tokens(190_833_467n * 10n ** 12n)).toBe('190.833 ENT');
    expect(coins(1_234_999_999_999_999_999_999n)).toBe('1,234.999 WATT');
    expect([0n, 1n, 109_628n, 10n ** 15n].map(coins)).toEqual(['0.00 WATT', '1 wei', '109,628 wei', '0.001 WATT']);
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
