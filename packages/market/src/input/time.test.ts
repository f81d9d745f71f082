import { describe, expect, test } from 'vitest';
import { clockOf, dateOf, readDatedTime, readTime } from './time.js';

/** Seconds of a time with an offset, since 1970. */
function secondsOf(text: string): bigint | undefined {
  const { value } = readTime(text);
  return value && value.wallSeconds - (value.offsetSeconds ?? 0n);
}
const slipOf = (text: string) => {
  const { fault } = readTime(text);
  return fault && `${fault.why}; ${fault.hint}`;
};

describe('one moment in every form that tools write', () => {
  // 2018-07-04T08:00-07:00 by `date -d TEXT +%s` of GNU coreutils.
  test.each([
    '2018-07-04T08:00-07:00',
    '2018-07-04T15:00Z',
    '2018-07-04T15:00:00.000Z',
    '2018-07-04T15:00:00,000000Z',
    '2018-07-04t15:00:00z',
    '2018-07-04 15:00:00+00:00',
    '2018-07-04 15:00 UTC',
    '2018-07-04T16:00+0100',
    '2018-07-04T16:00:00.000+01',
    '2018-07-04 20:30 +05:30',
    '2018-07-05T05:00+14:00',
    '2018-07-04T03:00-12:00',
    '2018-07-04T20:45+05:45',
    ' 2018-07-04T15:00Z ',
    '1530716400',
    '1530716400.0',
    '20180704T1500Z',
    '20180704T150000Z',
    '20180704T080000-0700',
    '20180704T150000.000Z',
    '20180704 15:00 UTC',
    '20180704T0800−07',
    '2018-07-04T08:00−07:00',
  ])('%s', (text) => {
    expect(secondsOf(text)).toBe(1_530_716_400n);
  });

  test('with seconds', () => {
    expect(secondsOf('2018-07-04T15:00:07.0Z')).toBe(1_530_716_407n);
  });

  test('by the clock of the wall, where no offset stands', () => {
    expect(readTime('2018-07-04 8:00').value).toEqual({
      date: '2018-07-04',
      wallSeconds: 1_530_691_200n,
      offsetSeconds: undefined,
    });
    expect(readTime('20180704T0800').value).toEqual(readTime('2018-07-04T08:00').value);
    for (const text of ['7', '07:00', '7:00:00'])
      expect(readTime(text).value).toEqual({ date: undefined, wallSeconds: 25_200n, offsetSeconds: undefined });
  });
});

describe('what is no time says why:', () => {
  test.each([
    ['2018-06-31T08:00', 'there is no 2018-06-31'],
    ['20180631T0800', 'there is no 2018-06-31'],
    ['20180704', 'seconds since 1970'],
    ['2023-02-29T08:00', 'there is no 2023-02-29'],
    ['2018-13-01T00:00', 'there is no 2018-13-01'],
    ['1969-12-31T00:00', 'times begin in 1970'],
    ['1970-01-01T00:00+01:00', 'before 1970'],
    ['2018-07-04T24:00', 'named by their ends'],
    ['24', 'named by their ends'],
    ['2018-07-04T08:60', 'undefined; write it as'],
    ['2018-07-04T08:00:60', 'undefined; write it as'],
    ['2018-07-04T08:00:00.5Z', 'a fraction of a second'],
    ['2018-07-04T08:00+99:99', 'no place has the offset +99:99'],
    ['2018-07-04T08:00-15:00', 'no place has the offset -15:00'],
    ['2018-07-04T08:00-13:00', 'no place has the offset -13:00'],
    ['2018-07-04T08:00+14:15', 'no place has the offset +14:15'],
    ['2018-07-04T08:00-07:60', 'no place has the offset -07:60'],
    ['2018-07-04T08:00+01:07', 'no place has the offset +01:07'],
    ['2018-07-04', 'the hour is missing'],
    ['04/07/2018 08:00', 'a guess'],
    ['4.7.2018 08:00', 'a guess'],
    ['2018-07-04 08:00 PM', 'without am and pm'],
    ['1530716400000', '(milliseconds?)'],
    ['1698544800000', '(milliseconds?)'],
    ['100000000000', '(milliseconds?)'],
    ['1530716400000000', '(microseconds?)'],
    ['1530716400000000000', '(nanoseconds?)'],
    ['-1', 'undefined; write it as'],
    ['1e9', 'undefined; write it as'],
    ['noon', 'undefined; write it as'],
    ['', 'undefined; write it as'],
  ])('%s', (text, part) => {
    expect(slipOf(text)).toContain(part);
  });
});

test('where no clock stands alone, digits are seconds since 1970', () => {
  expect(readDatedTime('0').value).toEqual({ date: '1970-01-01', wallSeconds: 0n, offsetSeconds: 0n });
  expect(readDatedTime('1530716400').value?.wallSeconds).toBe(1_530_716_400n);
  expect(readDatedTime('1530716400000').fault?.why).toContain('milliseconds?');
});

test('seconds are shown as a date and a clock', () => {
  expect([dateOf(1_530_716_400n), clockOf(1_530_716_400n), clockOf(1_530_716_407n)]).toEqual([
    '2018-07-04',
    '15:00',
    '15:00:07',
  ]);
});
