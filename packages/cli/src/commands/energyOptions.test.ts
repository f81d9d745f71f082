import { communityClock, PAPER_ZONE, UTC_ZONE, WALL_CLOCK } from '@wattchain/market';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { namedOffset } from '../timeZone.js';
import {
  formatBlockTime,
  formatDuration,
  formatPeriod,
  formatTime,
  parseDuration,
  parseEnergyKwh,
  parseTime,
  withPeriod,
} from './energyOptions.js';

const code = (code: string) => expect.objectContaining({ code });

const UTC = communityClock(UTC_ZONE);
const SAN_DIEGO = communityClock(PAPER_ZONE, namedOffset);

describe('a time', () => {
  // Seconds from `date -d TEXT +%s` of GNU coreutils.
  test.each([
    ['2018-07-04T08:00-07:00', 1_530_716_400n],
    ['2018-07-04T15:00Z', 1_530_716_400n],
    ['2018-07-04T15:00', 1_530_716_400n],
    ['2018-07-04T20:30+05:30', 1_530_716_400n],
    ['2024-02-29T00:00Z', 1_709_164_800n],
    ['1970-01-01T00:00Z', 0n],
    ['2018-07-04T08:00-0700', 1_530_716_400n],
    ['2018-07-04 15:00', 1_530_716_400n],
    ['2018-07-04T15:00:00.000Z', 1_530_716_400n],
    ['1530716400', 1_530_716_400n],
  ])('%s', (text, seconds) => {
    expect(parseTime('--start', text)).toBe(seconds);
  });

  test.each([
    '2018-06-31T08:00',
    '2023-02-29T08:00',
    '2018-07-04T24:00',
    '2018-07-04T08:60',
    '2018-13-01T00:00',
    '2018-07-04T08:00-15:00',
    '2018-07-04T08:00-07:60',
    '08:00',
    '2018-07-04',
    '1970-01-01T00:00+01:00',
    '-1',
    '1.5',
    '1e9',
    '9999999999999',
    '',
  ])('is not "%s"', (text) => {
    expect(() => parseTime('--start', text)).toThrow(code('badTime'));
  });

  test('is shown in UTC, with seconds only where there are some', () => {
    expect(formatTime(1_530_716_400n, UTC)).toBe('2018-07-04 15:00Z');
    expect(formatTime(1_530_716_405n, UTC)).toBe('2018-07-04 15:00:05Z');
    expect(formatTime(1_530_716_400n, SAN_DIEGO)).toBe('2018-07-04 08:00-07:00');
    // Nobody knows the offset of a wall clock as written; a deadline is told in UTC then.
    expect(formatTime(1_530_716_400n, WALL_CLOCK)).toBe('2018-07-04 15:00');
    expect(formatBlockTime(1_530_716_400n, WALL_CLOCK)).toBe('2018-07-04 15:00Z');
    expect(formatBlockTime(1_530_716_400n, SAN_DIEGO)).toBe('2018-07-04 08:00-07:00');
    expect(formatTime(2n ** 64n - 1n, UTC)).toBe('second 18446744073709551615');
  });
});

test("a time without an offset is by the community's clock", () => {
  const clock = communityClock({ kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds: -25_200 }] });
  expect(parseTime('--start', '2018-07-04T08:00', clock)).toBe(1_530_716_400n);
  expect(parseTime('--start', '2018-07-04T15:00Z', clock)).toBe(1_530_716_400n);
});

describe('a period', () => {
  test('is shown with its length', () => {
    expect(formatPeriod(1_530_716_400n, 900n, UTC)).toBe('2018-07-04 15:00Z, 15 min');
  });

  test.each([
    ['--hours', '1'],
    ['--seconds', '900'],
  ])('has no %s, and what to write instead is said', async (option, value) => {
    const told: string[] = [];
    const command = withPeriod(
      new Command('offer').exitOverride().configureOutput({ writeErr: (text) => told.push(text) }),
    );
    expect(command.helpInformation()).not.toContain(option);
    const parsing = command.parseAsync(['--start', '0', option, value], { from: 'user' });
    await expect(parsing).rejects.toThrow(/no such option any more: every period has the registry's length/);
    expect(told.join('')).toMatch(/name it by its --start alone\.$/m);
  });
});

describe('a duration', () => {
  test('is a whole number of seconds, minutes, hours or days', () => {
    const seconds = ['90s', '15m', '1h', '7d'].map((text) => parseDuration('--every', text));
    expect(seconds).toEqual([90n, 900n, 3_600n, 604_800n]);
    expect(seconds.map(formatDuration)).toEqual(['90 s', '15 min', '1 h', '7 d']);
  });
  test.each(['1', 'h', '0s', '1.5h', '1 h', '-1h', '1w', '99999d', ''])('is not "%s"', (text) => {
    expect(() => parseDuration('--every', text)).toThrow(code('badDuration'));
  });
});

test('energy goes up to what a contract can hold', () => {
  expect(parseEnergyKwh('18446744073709.551615')).toBe(2n ** 64n - 1n);
  expect(() => parseEnergyKwh('18446744073709.551616')).toThrow(code('badEnergy'));
  expect(() => parseEnergyKwh('-1')).toThrow(code('badEnergy'));
});
