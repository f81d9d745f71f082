import { describe, expect, it } from 'vitest';
import { meterClock } from '../../model/meterTime.js';
import { momentOf, periodText } from './period.js';

const clock = meterClock(true);

describe('the hour of a meter', () => {
  it.each([
    // The paper's day begins at 7:00 UTC, in daylight saving time; in winter the zone is an hour further.
    ['2018-07-04', 8, '2018-07-04T15:00:00Z'],
    ['2018-07-04', 23, '2018-07-05T06:00:00Z'],
    ['2018-12-24', 0, '2018-12-24T08:00:00Z'],
    // The day on which the clocks go forward at 2:00, before and after it.
    ['2018-03-11', 1, '2018-03-11T09:00:00Z'],
    ['2018-03-11', 3, '2018-03-11T10:00:00Z'],
    // And back at 2:00.
    ['2018-11-04', 3, '2018-11-04T11:00:00Z'],
  ])('%s %i:00 is %s', (day, hour, utc) => {
    expect(momentOf(clock, day, hour)).toBe(BigInt(Date.parse(utc) / 1000));
  });

  it('is none without a day', () => {
    expect(momentOf(clock, '', 8)).toBeUndefined();
    expect(momentOf(clock, '2018-02-31x', 8)).toBeUndefined();
  });

  it('is written as people say it', () => {
    const periodStart = BigInt(Date.parse('2018-07-04T15:00:00Z') / 1000);
    expect(periodText(clock, { periodStart, periodSeconds: 3600n })).toBe('4 July 2018, 08:00 to 09:00');
  });
});
