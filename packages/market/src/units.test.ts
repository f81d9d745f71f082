import fc from 'fast-check';
import { formatUnits, parseUnits } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  amountOf,
  formatKwh,
  formatTokens,
  formatTokensRounded,
  MWH_PER_TOKEN,
  parseKwh,
  parseTokens,
  roundHalfEven,
  TOKEN_UNIT,
} from './units.js';

const word = fc.bigInt({ min: 0n, max: 2n ** 128n });

describe('energy', () => {
  it('is read exactly', () => {
    expect(parseKwh('1.071612')).toBe(1_071_612n);
    expect(parseKwh('0')).toBe(0n);
    expect(parseKwh(' 2.4826 ')).toBe(2_482_600n);
    expect(parseKwh('0.10000000')).toBe(100_000n);
    expect(parseKwh('9007199254740993.000001')).toBe(9_007_199_254_740_993_000_001n);
    expect(formatKwh(1_071_612n)).toBe('1.071612');
    expect(formatKwh(7n)).toBe('0.000007');
    expect(formatKwh(-7n)).toBe('-0.000007');
  });

  it('finer than 1 mWh is an error', () => {
    expect(() => parseKwh('0.0000001')).toThrow(
      expect.objectContaining({ code: 'badEnergy', message: '"0.0000001" has 7 digits after the point' }),
    );
  });

  it.each(['5.', '0x10', '1e', '١'])('is not "%s"', (text) => {
    expect(() => parseKwh(text)).toThrow(
      expect.objectContaining({ code: 'badEnergy', message: `"${text}" is not an energy in kWh` }),
    );
  });

  it('survives text', () => {
    fc.assert(fc.property(word, (energy) => parseKwh(formatKwh(energy)) === energy));
    fc.assert(fc.property(word, (energy) => parseKwh(formatUnits(energy, 6)) === energy));
  });
});

describe('tokens', () => {
  it('are read and written as viem does', () => {
    fc.assert(
      fc.property(word, (units) => {
        expect(formatTokens(units)).toBe(formatUnits(units, 18));
        expect(parseTokens(formatTokens(units))).toBe(units);
        expect(parseUnits(formatTokens(units), 18)).toBe(units);
      }),
    );
    expect(() => parseTokens('1.0000000000000000001')).toThrow(expect.objectContaining({ code: 'badTokenAmount' }));
  });

  it('are rounded half to even where a person reads them', () => {
    expect(formatTokensRounded(parseTokens('102.8525'), 3)).toBe('102.852');
    expect(formatTokensRounded(parseTokens('102.8535'), 3)).toBe('102.854');
    expect(formatTokensRounded(parseTokens('102.852500000000000001'), 3)).toBe('102.853');
    expect(formatTokensRounded(100n * TOKEN_UNIT, 3)).toBe('100.000');
    expect(formatTokensRounded(parseTokens('2.5'), 0)).toBe('2');
    expect(roundHalfEven(-5n, 2n)).toBe(-2n);
    expect(roundHalfEven(-7n, 2n)).toBe(-4n);
  });
});

describe('amounts', () => {
  it('are floor(mWh · price / 150000)', () => {
    expect(amountOf(150_000n)).toBe(TOKEN_UNIT);
    expect(amountOf(1n)).toBe(6_666_666_666_666n);
    expect(amountOf(149_999n, 1n)).toBe(0n);
  });

  it('of parts are never more than that of the whole, nor less by as much as the number of parts', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 9 }), word, (parts, price) => {
        const whole = amountOf(
          parts.reduce((sum, part) => sum + part, 0n),
          price,
        );
        const sum = parts.reduce((paid, part) => paid + amountOf(part, price), 0n);
        expect(sum <= whole && whole - sum < BigInt(parts.length)).toBe(true);
      }),
    );
    expect(MWH_PER_TOKEN).toBe(150_000n);
  });
});
