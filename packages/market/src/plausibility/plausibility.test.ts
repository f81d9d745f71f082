import { describe, expect, test } from 'vitest';
import { parseKwh, parseTokens } from '../units.js';
import { doubtsOfLimit, doubtsOfOrder, doubtsOfRate, doubtsOfTokens } from './amounts.js';
import { type Doubt, requirePlausible } from './doubt.js';
import { doubtsOfOffer, doubtsOfPrice } from './offers.js';
import { doubtsOfRating, doubtsOfReading, type PlausibilityContext, powerOf, ratingOf } from './periods.js';
import { doubtsOfReadings, type ListedReading } from './readings.js';

/** 2018-07-04T15:00Z. */
const NOW = 1_530_716_400n;
const DAY = 86_400n;
const HOUR = 3_600n;
const context: PlausibilityContext = {
  now: NOW,
  marketTimeOffset: 0n,
  resolutionSeconds: HOUR,
  ratingMwh: parseKwh('50'),
  showTime: (seconds) => `<${seconds - NOW}>`,
};
/** Codes of doubts; those that no word settles with a mark. */
const codes = (doubts: readonly Doubt[]) => doubts.map(({ code, canBeMeant }) => `${code}${canBeMeant ? '' : '!'}`);

const reading = { periodStart: NOW - 3_600n, producedMwh: parseKwh('1.9'), consumedMwh: 0n };
const offer = {
  periodStart: NOW,
  energyMwh: parseKwh('1.071612'),
  price: parseTokens('1'),
  settleBy: NOW + DAY,
};
const ofReading = (changes: Partial<typeof reading>, more: Partial<PlausibilityContext> = {}) =>
  codes(doubtsOfReading({ ...reading, ...changes }, { ...context, ...more }));
const ofOffer = (changes: Partial<typeof offer>, more: Partial<PlausibilityContext> = {}) =>
  codes(doubtsOfOffer({ ...offer, ...changes }, { ...context, ...more }));

describe('a reading', () => {
  test('of the hour that was, and of a day long past is not doubtful', () => {
    expect(ofReading({})).toEqual([]);
    expect(ofReading({ periodStart: NOW - 3_650n * DAY })).toEqual([]);
  });

  test('is compared with market time, not with block time', () => {
    const testbed = { now: NOW + 3_000n * DAY, marketTimeOffset: -3_000n * DAY };
    expect(ofReading({}, testbed)).toEqual([]);
    expect(ofReading({ periodStart: NOW + 800n * DAY }, testbed)).toEqual(['farAhead!']);
  });

  test.each([
    ['milliseconds as seconds', { periodStart: NOW * 1_000n }, ['milliseconds!']],
    ['the year 55794', { periodStart: 1_698_544_800_000n }, ['milliseconds!']],
    ['the year 2286', { periodStart: 9_999_997_200n }, ['farAhead!']],
    ['two years ahead', { periodStart: NOW + 800n * DAY }, ['farAhead!']],
    ['1970', { periodStart: 0n }, ['longAgo']],
    ['an odd start', { periodStart: NOW - 3_601n }, ['unaligned!']],
    ['a hundred thousand kWh in an hour', { producedMwh: parseKwh('99999') }, ['power!']],
    ['999,999,999,999 kWh', { consumedMwh: parseKwh('999999999999') }, ['power!']],
  ])('of %s is', (_, changes, expected) => {
    expect(ofReading(changes)).toEqual(expected);
  });

  test('that begins between two periods names both', () => {
    const [doubt] = doubtsOfReading(
      { ...reading, periodStart: NOW - 4_500n },
      { ...context, resolutionSeconds: 1_800n },
    );
    expect(doubt?.what).toBe('no period begins at <-4500>: each has 30 min, the nearest begin at <-5400> and <-3600>');
  });

  test('is measured by the rating of its meter', () => {
    expect(ofReading({ producedMwh: parseKwh('50') })).toEqual([]);
    expect(ofReading({ producedMwh: parseKwh('50.000001') })).toEqual(['power!']);
    expect(ofReading({ producedMwh: parseKwh('250') }, { ratingMwh: parseKwh('250') })).toEqual([]);
    expect(ofReading({ producedMwh: parseKwh('250') }, { ratingMwh: undefined })).toEqual([]);
    const [doubt] = doubtsOfReading({ ...reading, producedMwh: parseKwh('75.25') }, context);
    expect(doubt?.what).toBe('75.250000 kWh in 1 h are 75.2 kW, more than the 50 kW that the meter is registered for');
  });

  test('of a large connection is asked about when its meter is registered', () => {
    expect(codes(doubtsOfRating(50_000n))).toEqual([]);
    expect(codes(doubtsOfRating(50_001n))).toEqual(['rating']);
    expect([ratingOf(50_000n, HOUR), ratingOf(50_000n, 900n)]).toEqual([parseKwh('50'), parseKwh('12.5')]);
    expect(powerOf(ratingOf(43_210n, 900n), 900n)).toBe(43_210n);
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
  const never = new Map([['m1', { lastNumber: 0n, readUntil: 0n, ratingMwh: parseKwh('50') }]]);

  test('that follow each other are not doubtful; what they pass over is named', () => {
    expect(doubtsOfReadings(list([0, 1, 2]), never, context)).toEqual([]);
    const [gap, ...others] = doubtsOfReadings(list([0, 4, 5, 7]), never, context);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({
      code: 'gap',
      canBeMeant: true,
      what: 'what lies between can come in only by a correction that a registrar signs too: m1 from <-356400> to <-345600> (3 h), m1 from <-338400> to <-334800> (1 h)',
    });
  });

  test('begin where the chain ends', () => {
    const readUntil = NOW - 100n * 3_600n;
    const meters = (hours: bigint) =>
      new Map([['m1', { lastNumber: 7n, readUntil: readUntil - hours * HOUR, ratingMwh: parseKwh('50') }]]);
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
});

describe('an offer', () => {
  test('of the next hours, or of a replayed day, is not doubtful', () => {
    expect(ofOffer({})).toEqual([]);
    expect(ofOffer({ periodStart: NOW - 3_000n * DAY })).toEqual([]);
    expect(ofOffer({ periodStart: NOW + 30n * DAY, settleBy: NOW + 60n * DAY })).toEqual([]);
    // A deadline in block time is late enough for a period of a market time that is behind it.
    const testbed = { now: NOW + 3_000n * DAY, marketTimeOffset: -3_000n * DAY };
    expect(ofOffer({ settleBy: NOW + 3_001n * DAY }, testbed)).toEqual([]);
    expect(ofOffer({ settleBy: NOW + 3_000n * DAY + 1_800n }, testbed)).toEqual(['earlyDeadline']);
  });

  test.each([
    ['milliseconds', { periodStart: NOW * 1_000n }, ['milliseconds!', 'earlyDeadline']],
    ['99,999 kWh in an hour', { energyMwh: parseKwh('99999') }, ['power!']],
    ['no whole hour', { periodStart: NOW + 7n }, ['unaligned!']],
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
