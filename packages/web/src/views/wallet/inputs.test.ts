import { describe, expect, it } from 'vitest';
import { problemOf, readAddress, readCoins, readEnergy, readLabel, readTokens, understood } from './inputs.js';

describe('what a person types', () => {
  it('is read exactly', () => {
    expect(readTokens(' 2.5 ')).toEqual({ value: 2_500_000_000_000_000_000n });
    expect(readCoins('0.000000000000000001')).toEqual({ value: 1n });
    expect(readEnergy('1.071612')).toEqual({ value: 1_071_612n });
    // As a phone's keypad gives it that has no point.
    expect(readEnergy('1,5')).toEqual({ value: 1_500_000n });
    expect(readTokens('0,250')).toEqual({ value: 250_000_000_000_000_000n });
  });

  it.each([
    ['', /^Enter an amount/],
    ['1,500', /"1,500" can be 1500 or 1\.500: write it with a point/],
    ['1.500,5', /1500\.5 or 1\.5005/],
    ['1 500', /1500 or 1\.500/],
    ['lots', /not an energy in kWh: write digits/],
    ['-1', /negative/],
    ['0.0', /more than 0/],
    ['0.1234567', /7 digits after the point/],
  ])('is refused in words: %j', (text, words) => {
    expect(problemOf(readEnergy(text))).toMatch(words);
  });

  it('is at most what there is', () => {
    const most = { value: 10n ** 18n, text: 'You have 1 ENT.' };
    expect(understood(readTokens('1', { most }))).toBe(10n ** 18n);
    expect(problemOf(readTokens('1.000000000000000001', { most }))).toBe('You have 1 ENT.');
  });
});

describe('an address', () => {
  // The examples of EIP-55.
  const VALID = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
  const OTHER = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';

  it('is taken in lower case or with its checksum', () => {
    expect(readAddress(` ${VALID.toLowerCase()}`, OTHER)).toEqual({ value: VALID });
    expect(readAddress(VALID, OTHER)).toEqual({ value: VALID });
  });

  it.each([
    [VALID.replace('aAeb', 'aaeb'), /capital letters/],
    [VALID.slice(0, -1), /40 letters/],
    ['', /Enter the address/],
    [OTHER.toLowerCase(), /itself/],
    [`0x${'0'.repeat(40)}`, /lost/],
  ])('is refused in words: %s', (text, words) => {
    expect(problemOf(readAddress(text, OTHER))).toMatch(words);
  });
});

describe('a destination', () => {
  it('is at most 31 bytes of text that can be shown', () => {
    expect(readLabel(' IBAN 42 ')).toEqual({ value: `0x4942414e203432${'0'.repeat(50)}` });
    expect(problemOf(readLabel('ä'.repeat(16)))).toMatch(/32 bytes; at most 31/);
    expect(problemOf(readLabel('a\u202eb'))).toMatch(/cannot be shown/);
  });
});
