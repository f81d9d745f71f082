import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasDecimalCommas, readDecimal } from './decimal.js';

const KWH = {
  name: 'an energy in kWh',
  decimals: 6,
  hasExponents: true,
  finest: 'energy is counted in whole milliwatt-hours',
};
const read = (text: string) => readDecimal(text, KWH).value;
const slipOf = (text: string) => readDecimal(text, KWH).fault?.what;

describe('a figure is read exactly', () => {
  test.each([
    ['1.071612', 1_071_612n],
    ['1,5', 1_500_000n],
    ['0,500', 500_000n],
    ['1234,500', 1_234_500_000n],
    ['1.500', 1_500_000n],
    ['007', 7_000_000n],
    ['1e-05', 10n],
    ['1E-6', 1n],
    ['1.5e3', 1_500_000_000n],
    ['2.5e+1', 25_000_000n],
    ['12300e-8', 123n],
    ['0e-30', 0n],
    ['0.00000000', 0n],
    ['1.10000000', 1_100_000n],
    ['+1.5', 1_500_000n],
    ['+0', 0n],
    ['-0', 0n],
    ['-0.0', 0n],
    ['-0,00', 0n],
    ['-0.0e+00', 0n],
    ['.5', 500_000n],
    [',5', 500_000n],
    ['+.25', 250_000n],
    ['.5e-1', 50_000n],
    ['-.0', 0n],
    ['−0', 0n],
    ['−0.0', 0n],
    ['1e−05', 10n],
  ])('%s', (text, units) => {
    expect(read(text)).toBe(units);
  });

  test('an exponent moves the point and nothing else', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: -6, max: 20 }), (units, exponent) => {
        expect(readDecimal(`${units}e${exponent}`, KWH).value).toBe(units * 10n ** BigInt(6 + exponent));
      }),
    );
  });
});

describe('what could be two numbers is refused with both:', () => {
  test.each([
    ['1,500', '1500 or 1.500'],
    ['12,345', '12345 or 12.345'],
    ['1.500,5', '1500.5 or 1.5005'],
    ['1,500.5', '1500.5 or 1.5005'],
    ['1 500', '1500 or 1.500'],
    ['1\u00a0500', '1500 or 1.500'],
    ['1\u202f500,25', '1500.25 or 1.50025'],
    ["1'500", '1500 or 1.500'],
    ['1.500.000', '1500000 or 1.500000'],
    ['1,500,000', '1500000 or 1.500000'],
  ])('%s', (text, readings) => {
    expect(slipOf(text)).toBe(`"${text}" can be ${readings}`);
  });
});

test.each([
  ['', 'there is no figure where an energy in kWh belongs'],
  ['-0.5', '"-0.5" is negative'],
  ['-0.001', '"-0.001" is negative'],
  ['-.5', '"-.5" is negative'],
  ['−0.5', '"-0.5" is negative'],
  ['.', '"." is not an energy in kWh'],
  ['.e5', '".e5" is not an energy in kWh'],
  ['..5', '"..5" is not an energy in kWh'],
  ['--0', '"--0" is not an energy in kWh'],
  ['+-1', '"+-1" is not an energy in kWh'],
  ['NaN', '"NaN" is not a number'],
  ['-inf', '"-inf" is not a number'],
  ['Infinity', '"Infinity" is not a number'],
  ['null', '"null" is not a number'],
  ['0.0000001', '"0.0000001" has 7 digits after the point'],
  ['1e-07', '"1e-07" has 7 digits after the point'],
  ['1e999', 'the exponent of "1e999" is beyond 40'],
  ['1e', '"1e" is not an energy in kWh'],
  ['5.', '"5." is not an energy in kWh'],
  ['0x10', '"0x10" is not an energy in kWh'],
  ['1,5,5', '"1,5,5" is not an energy in kWh'],
  ['1 50', '"1 50" is not an energy in kWh'],
  ['١', '"١" is not an energy in kWh'],
  ['one', '"one" is not an energy in kWh'],
])('"%s" is refused', (text, what) => {
  expect(slipOf(text)).toBe(what);
});

test('an amount of money has no exponent', () => {
  const kind = { ...KWH, name: 'an amount of tokens', hasExponents: false };
  expect(readDecimal('1e3', kind).fault?.what).toBe('"1e3" is not an amount of tokens');
  expect(readDecimal('1000', kind).value).toBe(1_000_000_000n);
});

test('a figure without end is refused by its length', () => {
  expect(slipOf('1'.repeat(9_000))).toMatch(/^"1{80}" … has 9000 characters$/);
});

test('the commas of a file are decimal signs when one of them can be nothing else and there is no point', () => {
  expect(hasDecimalCommas(['1,071', '0,25', '7'])).toBe(true);
  expect(hasDecimalCommas(['1,071', '1,5'])).toBe(true);
  expect(hasDecimalCommas(['1,071', '2,500'])).toBe(false);
  expect(hasDecimalCommas(['1,071', '0,25', '1.5'])).toBe(false);
  expect(hasDecimalCommas(['1,071,000', '0,25'])).toBe(false);
  expect(hasDecimalCommas(['1', '2'])).toBe(false);
  expect(readDecimal('1,071', { ...KWH, hasDecimalCommas: true }).value).toBe(1_071_000n);
});
