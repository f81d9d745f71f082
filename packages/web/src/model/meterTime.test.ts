import { PAPER_ZONE } from '@wattchain/market';
import { describe, expect, it } from 'vitest';
import { meterClock } from './meterTime.js';

const seconds = (utc: string) => BigInt(Date.parse(utc) / 1000);
const sanDiego = meterClock(PAPER_ZONE);
const fixed = (offsetSeconds: number) => meterClock({ kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds }] });

describe('the clock of a community', () => {
  it.each([
    // The paper's day begins at 7:00 UTC, in daylight saving time; in winter the zone is an hour further.
    ['2018-07-04', '08:00', ['2018-07-04T15:00:00Z']],
    ['2018-07-04', '23:00', ['2018-07-05T06:00:00Z']],
    ['2018-12-24', '00:00', ['2018-12-24T08:00:00Z']],
    // The day on which the clocks go forward at 2:00, before, in and after the hour that is left out.
    ['2018-03-11', '01:00', ['2018-03-11T09:00:00Z']],
    ['2018-03-11', '02:00', []],
    ['2018-03-11', '03:00', ['2018-03-11T10:00:00Z']],
    // And back at 2:00: 1:00 comes twice.
    ['2018-11-04', '01:00', ['2018-11-04T08:00:00Z', '2018-11-04T09:00:00Z']],
    ['2018-11-04', '03:00', ['2018-11-04T11:00:00Z']],
    ['', '08:00', []],
    ['2018-02-31', '08:00', []],
  ])('%s %s is %j', (day, time, moments) => {
    expect(sanDiego.moments(day, time)).toEqual(moments.map(seconds));
  });

  it('says a period with its day and its zone', () => {
    const period = { periodStart: seconds('2018-07-04T15:00:00Z'), periodSeconds: 3600n };
    expect(sanDiego.periodText(period)).toBe('4 July 2018, 08:00 to 09:00 (UTC-07:00)');
    expect(sanDiego.zoneName).toBe('America/Los_Angeles');
    expect(fixed(19_800).periodText(period)).toBe('4 July 2018, 20:30 to 21:30 (UTC+05:30)');
    expect(meterClock({ kind: 'wall' }).periodText(period)).toBe('4 July 2018, 15:00 to 16:00 (wall clock)');
  });

  it('tells days by that clock, whatever the device says', () => {
    const night = seconds('2018-07-05T06:30:00Z');
    expect([sanDiego.day(night), fixed(0).day(night), meterClock({ kind: 'wall' }).day(night)]).toEqual([
      '2018-07-04',
      '2018-07-05',
      '2018-07-05',
    ]);
  });

  it('says block time by it too, except where nobody knows where the wall clock hangs', () => {
    const moment = seconds('2026-11-28T15:12:00Z');
    expect(sanDiego.blockText(moment)).toBe('28 November 2026, 07:12 (UTC-08:00)');
    expect(meterClock({ kind: 'wall' }).blockText(moment)).toMatch(/28 November 2026, \d\d:12 \(UTC/);
  });

  it('takes a zone that this browser does not know for that of the device, and says so', () => {
    expect(meterClock({ kind: 'named', name: 'Mars/Olympus' }).zoneName).toMatch(/ of this device$/);
    expect(meterClock(undefined).zoneName).toMatch(/ of this device$/);
  });

  it('gives no date to a day whose file has none', () => {
    expect(meterClock({ kind: 'wall' }).dayText(3600n)).toBe('a day without a date');
    expect(fixed(0).dayText(3600n)).toBe('1 January 1970');
  });

  it('does not fail at seconds that no calendar has', () => {
    expect(sanDiego.momentText(2n ** 64n)).toBe('second 18,446,744,073,709,551,616');
    expect(sanDiego.periodText({ periodStart: 2n ** 64n, periodSeconds: 1n })).toMatch(/^second /);
  });
});
