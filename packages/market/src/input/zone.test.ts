import { describe, expect, test } from 'vitest';
import { readTime } from './time.js';
import {
  type CommunityZone,
  communityClock,
  formatZone,
  momentOf,
  momentsOf,
  readZone,
  WALL_CLOCK,
  wallTimeOf,
  zoneOfOffsets,
} from './zone.js';

const HOUR = 3_600n;
/** Berlin in 2017: summer time from 26 March 01:00 UTC to 29 October 01:00 UTC. */
const BERLIN: CommunityZone = {
  kind: 'offsets',
  offsets: [
    { fromSeconds: 0, offsetSeconds: 3_600 },
    { fromSeconds: 1_490_490_000, offsetSeconds: 7_200 },
    { fromSeconds: 1_509_238_800, offsetSeconds: 3_600 },
  ],
};
const berlin = communityClock(BERLIN);
const written = (text: string) => {
  const { value } = readTime(text);
  if (value === undefined) throw new TypeError(text);
  return value;
};

describe("a community's clock", () => {
  test('shows moments, on both sides of a change', () => {
    expect(wallTimeOf(berlin, 1_509_238_800n - 1n)).toEqual({ date: '2017-10-29', clock: '02:59:59' });
    expect(wallTimeOf(berlin, 1_509_238_800n)).toEqual({ date: '2017-10-29', clock: '02:00' });
    expect(wallTimeOf(WALL_CLOCK, 1_530_716_400n)).toEqual({ date: '2018-07-04', clock: '15:00' });
  });

  test('shows a time once, twice where it was put back, never where it was put forward', () => {
    const wallOf = (text: string) => written(text).wallSeconds;
    expect(momentsOf(berlin, wallOf('2017-10-29T01:00'))).toEqual([1_509_238_800n - 2n * HOUR]);
    expect(momentsOf(berlin, wallOf('2017-10-29T02:00'))).toEqual([1_509_238_800n - HOUR, 1_509_238_800n]);
    expect(momentsOf(berlin, wallOf('2017-03-26T02:00'))).toEqual([]);
    expect(momentsOf(berlin, wallOf('2017-03-26T03:00'))).toEqual([1_490_490_000n]);
  });

  test('places written times; of two moments the one after the last', () => {
    expect(momentOf(berlin, written('2017-10-29T02:00')).value).toBe(1_509_238_800n - HOUR);
    expect(momentOf(berlin, written('2017-10-29T02:00'), 1_509_238_800n - HOUR).value).toBe(1_509_238_800n);
    // An offset of its own wins over the community's clock.
    expect(momentOf(berlin, written('2017-10-29T01:00Z')).value).toBe(1_509_238_800n);
    expect(momentOf(berlin, written('2017-03-26T02:30')).fault?.what).toContain('the clocks were put forward');
    expect(momentOf(berlin, written('7:15')).fault?.what).toBe('the time has no date');
  });

  test('with a name asks the host', () => {
    const zone: CommunityZone = { kind: 'named', name: 'Asia/Kolkata' };
    expect(
      wallTimeOf(
        communityClock(zone, () => 19_800n),
        0n,
      ),
    ).toEqual({ date: '1970-01-01', clock: '05:30' });
    expect(() => communityClock(zone)).toThrow(expect.objectContaining({ code: 'badZone' }));
  });
});

test('a zone by name is asked twice a day, and in every second of a day whose clocks change', () => {
  let asked = 0;
  const named = communityClock({ kind: 'named', name: 'Europe/Berlin' }, (_, seconds) => {
    asked += 1;
    return berlin.offsetAt(seconds);
  });
  // Three weeks around the end of summer time, by the minute.
  const changes = 1_509_238_800n;
  for (let at = changes - 10n * 86_400n; at < changes + 10n * 86_400n; at += 60n)
    expect(named.offsetAt(at)).toBe(berlin.offsetAt(at));
  expect(asked).toBe(21 * 2 + 1_440);
  expect(named.offsetAt(changes - 1n) - named.offsetAt(changes)).toBe(3_600n);
});

describe('a zone', () => {
  test('is read from an offset, a name, or wall, and written for people', () => {
    const read = (text: string) => readZone(text, (name) => name === 'Europe/Berlin');
    const texts = ['+01:00', '-0730', 'UTC', 'Z', 'wall', 'Europe/Berlin'].map((text) => {
      const { value } = read(text);
      return value && formatZone(value);
    });
    expect(texts).toEqual(['UTC+01:00', 'UTC-07:30', 'UTC', 'UTC', 'the wall clock as written', 'Europe/Berlin']);
    for (const text of ['', 'EST', 'Mars/Olympus', '+15:00', '+01:07', 'Europe/Berlin; rm', '../etc'])
      expect(read(text).fault?.what).toContain('is no zone');
  });

  test('comes from the offsets of times, in order of the moments', () => {
    const times = [
      { seconds: 1_509_238_800n, offsetSeconds: 3_600n },
      { seconds: 1_509_235_200n, offsetSeconds: 7_200n },
      { seconds: 1_509_231_600n, offsetSeconds: 7_200n },
    ];
    const { value } = zoneOfOffsets(times);
    expect(value).toEqual({
      kind: 'offsets',
      offsets: [
        { fromSeconds: 1_509_231_600, offsetSeconds: 7_200 },
        { fromSeconds: 1_509_238_800, offsetSeconds: 3_600 },
      ],
    });
    expect(value && formatZone(value)).toBe('UTC+02:00, from 2017-10-29 UTC+01:00');
    const restless = Array.from({ length: 70 }, (_, index) => ({
      seconds: BigInt(index) * HOUR,
      offsetSeconds: BigInt(index % 2) * HOUR,
    }));
    expect(zoneOfOffsets(restless).fault?.what).toContain('change from line to line');
  });
});
