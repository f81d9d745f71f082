import { describe, expect, test } from 'vitest';
import { parseKwh, parseTokens } from '../units.js';
import { doubtsOfLimit, doubtsOfOrder, doubtsOfRate, doubtsOfTokens } from './amounts.js';
import { type Doubt, requirePlausible } from './doubt.js';
import { doubtsOfOffer, doubtsOfPrice } from './offers.js';
import { doubtsOfReading, type PlausibilityContext } from './periods.js';
import { doubtsOfReadings, type ListedReading } from './readings.js';

/** 2018-07-04T15:00Z. */
const NOW = 1_530_716_400n;
const DAY = 86_400n;
const context: PlausibilityContext = { now: NOW, showTime: (seconds) => `<${seconds - NOW}>` };
/** Codes of doubts; those that no word settles with a mark. */
const codes = (doubts: readonly Doubt[]) => doubts.map(({ code, canBeMeant }) => `${code}${canBeMeant ? '' : '!'}`);

const reading = { periodStart: NOW - 3_600n, periodSeconds: 3_600n, producedMwh: parseKwh('1.9'), consumedMwh: 0n };
const offer = {
  periodStart: NOW,
  periodSeconds: 3_600n,
  energyMwh: parseKwh('1.071612'),
  price: parseTokens('1'),
  settleBy: NOW + DAY,
};
const ofReading = (changes: Partial<typeof reading>, more: Partial<PlausibilityContext> = {}) =>
  codes(doubtsOfReading({ ...reading, ...changes }, { ...context, ...more }));
const ofOffer = (changes: Partial<typeof offer>, more: Partial<PlausibilityContext> = {}) =>
  codes(doubtsOfOffer({ ...offer, ...changes }, { ...context, ...more }));

describe('a reading', () => {
  test('of the hour that was, of a day long past, and by a wall clock ahead of the chain is not doubtful', () => {
    expect(ofReading({})).toEqual([]);
    expect(ofReading({ periodStart: NOW - 3_650n * DAY })).toEqual([]);
    expect(ofReading({ periodStart: NOW + 13n * 3_600n })).toEqual([]);
  });

  test.each([
    ['milliseconds as seconds', { periodStart: NOW * 1_000n }, ['milliseconds!']],
    ['the year 55794', { periodStart: 1_698_544_800_000n }, ['milliseconds!']],
    ['the year 2286', { periodStart: 9_999_999_000n }, ['farAhead!']],
    ['two years ahead', { periodStart: NOW + 800n * DAY }, ['farAhead!']],
    ['a period that is not over', { periodStart: NOW + 2n * DAY }, ['notOver']],
    ['1970', { periodStart: 0n }, ['longAgo']],
    ['a year in one', { periodStart: NOW - 366n * DAY, periodSeconds: 366n * DAY }, ['longPeriod!']],
    ['an odd start', { periodStart: NOW - 3_601n }, ['noQuarter']],
    ['a length of ten minutes', { periodSeconds: 600n }, ['noQuarter']],
    ['a hundred thousand kWh in an hour', { producedMwh: parseKwh('99999') }, ['power!']],
    ['999,999,999,999 kWh', { consumedMwh: parseKwh('999999999999'), periodSeconds: 1_800n }, ['power!']],
  ])('of %s is', (_, changes, expected) => {
    expect(ofReading(changes)).toEqual(expected);
  });

  test('is measured by the power of the connection, over the length of the period', () => {
    expect(ofReading({ producedMwh: parseKwh('50') })).toEqual([]);
    expect(ofReading({ producedMwh: parseKwh('50.000001') })).toEqual(['power!']);
    expect(ofReading({ producedMwh: parseKwh('12.500001'), periodSeconds: 900n })).toEqual(['power!']);
    expect(ofReading({ producedMwh: parseKwh('1200'), periodSeconds: DAY })).toEqual([]);
    expect(ofReading({ producedMwh: parseKwh('250') }, { maxPowerW: 250_000n })).toEqual([]);
    const [doubt] = doubtsOfReading({ ...reading, producedMwh: parseKwh('75.25') }, context);
    expect(doubt?.what).toBe(
      "75.250000 kWh in 1 h are 75.2 kW, more than the 50 kW that are taken for this meter's most",
    );
  });

  test('of another length than those before is', () => {
    expect(ofReading({}, { resolutionSeconds: 3_600n })).toEqual([]);
    expect(ofReading({}, { resolutionSeconds: 900n })).toEqual(['otherLength']);
  });
});

describe('several readings', () => {
  const list = (starts: readonly (bigint | number)[], changes: Partial<ListedReading> = {}): ListedReading[] =>
    starts.map((start, index) => ({
      ...reading,
      periodStart: NOW - 100n * 3_600n + BigInt(start) * 3_600n,
      meterName: 'm1',
      where: `a.csv, line ${index + 2}: `,
      ...changes,
    }));
  const never = new Map([['m1', { lastNumber: 0n, readUntil: 0n }]]);

  test('that follow each other are not doubtful; what they pass over is named', () => {
    expect(doubtsOfReadings(list([0, 1, 2]), never, context)).toEqual([]);
    const [gap, ...others] = doubtsOfReadings(list([0, 4, 5, 7]), never, context);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({
      code: 'gap',
      canBeMeant: true,
      what: 'what lies between could never be read afterwards: m1 from <-356400> to <-345600> (3 h), m1 from <-338400> to <-334800> (1 h)',
    });
  });

  test('begin where the chain ends', () => {
    const readUntil = NOW - 100n * 3_600n;
    const meters = (hours: bigint) =>
      new Map([['m1', { lastNumber: 7n, readUntil: readUntil - hours * 3_600n, resolutionSeconds: 3_600n }]]);
    expect(codes(doubtsOfReadings(list([0, 1]), meters(0n), context))).toEqual([]);
    expect(codes(doubtsOfReadings(list([0, 1]), meters(2n), context))).toEqual(['gap']);
  });

  test('are looked at one by one, with their place, a few of many', () => {
    const huge = list(
      Array.from({ length: 9 }, (_, hour) => hour),
      { producedMwh: parseKwh('99999') },
    );
    const doubts = doubtsOfReadings(huge, never, context);
    expect(codes(doubts)).toEqual(Array.from({ length: 5 }, () => 'power!'));
    expect(doubts[1]?.what).toMatch(/^a\.csv, line 3: 99999\.000000 kWh in 1 h/);
  });

  test('that only grow are asked about', () => {
    const growing = list(Array.from({ length: 12 }, (_, hour) => hour)).map((each, index) => ({
      ...each,
      consumedMwh: 12_345_000n + BigInt(index) * 300_000n,
    }));
    expect(codes(doubtsOfReadings(growing, never, context))).toEqual(['cumulative']);
  });

  test('change their length within a file too', () => {
    const mixed = [...list([0]), ...list([1], { periodSeconds: 900n })];
    expect(codes(doubtsOfReadings(mixed, never, context))).toEqual(['otherLength']);
  });
});

describe('an offer', () => {
  test('of the next hours, or of a replayed day, is not doubtful', () => {
    expect(ofOffer({})).toEqual([]);
    expect(ofOffer({ periodStart: NOW - 3_000n * DAY })).toEqual([]);
    expect(ofOffer({ periodStart: NOW + 30n * DAY, settleBy: NOW + 60n * DAY })).toEqual([]);
  });

  test.each([
    ['milliseconds', { periodStart: NOW * 1_000n }, ['milliseconds!', 'earlyDeadline']],
    ['99,999 kWh in an hour', { energyMwh: parseKwh('99999') }, ['power!']],
    ['no whole quarter', { periodStart: NOW + 7n }, ['noQuarter']],
    ['a price of nothing', { price: 0n }, ['price']],
    ['a deadline before the period ends', { settleBy: NOW + 1_800n }, ['earlyDeadline']],
    ['a deadline in years', { settleBy: NOW + 3_000n * DAY }, ['lateDeadline']],
    ['a deadline beyond every calendar', { settleBy: 2n ** 64n - 1n }, ['lateDeadline']],
  ])('of %s is', (_, changes, expected) => {
    expect(ofOffer(changes)).toEqual(expected);
  });

  test('has a price of the size of a token', () => {
    const ofPrice = (tokens: string) => codes(doubtsOfPrice(parseTokens(tokens)));
    expect(['0.001', '1', '100'].flatMap(ofPrice)).toEqual([]);
    expect(['0.0009', '101', '1000000'].flatMap(ofPrice)).toEqual(['price', 'price', 'price']);
    expect(codes(doubtsOfPrice(10n ** 36n))).toEqual(['price!']);
  });
});

test('amounts, limits, rates and standing orders have a plausible size', () => {
  const tokens = parseTokens;
  expect(codes(doubtsOfTokens(tokens('100000')))).toEqual([]);
  expect(doubtsOfTokens(tokens('1000000'))[0]?.what).toBe('1000000 tokens stand for 150 MWh');
  expect(codes(doubtsOfLimit(tokens('10000')))).toEqual([]);
  expect(codes(doubtsOfLimit(tokens('1000000000000')))).toEqual(['highLimit']);
  expect(codes(doubtsOfRate('selling', tokens('0.95'), tokens('1')))).toEqual([]);
  expect(codes(doubtsOfRate('selling', tokens('0.09'), tokens('1')))).toEqual(['rate']);
  expect(codes(doubtsOfRate('selling', tokens('11'), tokens('1')))).toEqual(['rate']);
  const order = { tokens: tokens('30'), intervalSeconds: 30n * DAY, allow: tokens('360') };
  const ofOrder = (changes: Partial<typeof order>, isTestbed = false) =>
    codes(doubtsOfOrder({ ...order, ...changes }, isTestbed));
  expect(ofOrder({})).toEqual([]);
  expect(ofOrder({ intervalSeconds: 30n })).toEqual(['interval']);
  expect(ofOrder({ intervalSeconds: 30n }, true)).toEqual([]);
  expect(ofOrder({ intervalSeconds: 3_000n * DAY })).toEqual(['interval']);
  expect(ofOrder({ allow: tokens('29') })).toEqual(['allowance']);
  expect(ofOrder({ allow: tokens('30001') })).toEqual(['allowance']);
});

test('what no word settles is refused, with the first reason; the rest is given back', () => {
  const doubts = doubtsOfOffer({ ...offer, price: 0n, energyMwh: parseKwh('99999') }, context);
  expect(() => requirePlausible(doubts, 'x: ')).toThrow(
    expect.objectContaining({ code: 'implausible', message: expect.stringMatching(/^x: 99999/) as string }),
  );
  const asked = doubtsOfOffer({ ...offer, price: 0n }, context);
  expect(requirePlausible(asked)).toBe(asked);
});
