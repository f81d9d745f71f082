import { PAPER_ZONE } from '@wattchain/market';
import { describe, expect, it } from 'vitest';
import { meterClock } from './meterTime.js';

const seconds = (utc: string) => BigInt(Date.parse(utc) / 1000);
const sanDiego = meterClock(PAPER_ZONE, 3600n);
const fixed = (offsetSeconds: number) =>
  meterClock({ kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds }] }, 3600n);
const wall = meterClock({ kind: 'wall' }, 3600n);

describe('the clock of a community', () => {
  it.each([
    // The paper's day begins at 7:00 UTC, in daylight saving time; in winter the zone is an hour further.
    ['2018-07-04', 24, '2018-07-04T07:00:00Z', '2018-07-05T06:00:00Z'],
    ['2018-12-24', 24, '2018-12-24T08:00:00Z', '2018-12-25T07:00:00Z'],
    // The days on which the clocks go forward and back.
    ['2018-03-11', 23, '2018-03-11T08:00:00Z', '2018-03-12T06:00:00Z'],
    ['2018-11-04', 25, '2018-11-04T07:00:00Z', '2018-11-05T07:00:00Z'],
  ])('%s has %i hours, from %s to %s', (day, count, first, last) => {
    const starts = sanDiego.periodStarts(day);
    expect([starts.length, starts[0], starts.at(-1)]).toEqual([count, seconds(first), seconds(last)]);
    expect(starts.every((start, index) => start === (starts[0] ?? 0n) + 3600n * BigInt(index))).toBe(true);
    expect(meterClock(PAPER_ZONE, 900n).periodStarts(day)).toHaveLength(4 * count);
  });

  it('shows the hour that comes twice twice, and has none on what is no date', () => {
    const shown = sanDiego.periodStarts('2018-11-04').map((start) => sanDiego.timeText(start));
    expect(shown.slice(0, 4)).toEqual(['00:00', '01:00', '01:00', '02:00']);
    // Periods are whole hours of meter time, whatever the clock shows at them.
    expect(fixed(19_800).timeText(fixed(19_800).periodStarts('2018-07-04')[0] ?? 0n)).toBe('00:30');
    expect(sanDiego.periodStarts('')).toEqual([]);
    expect(sanDiego.periodStarts('2018-02-31')).toEqual([]);
  });

  it('says a period with its day and its zone', () => {
    const period = seconds('2018-07-04T15:00:00Z');
    expect(sanDiego.periodText(period)).toBe('4 July 2018, 08:00 to 09:00 (UTC-07:00)');
    expect(sanDiego.zoneName).toBe('America/Los_Angeles');
    expect(fixed(19_800).periodText(period)).toBe('4 July 2018, 20:30 to 21:30 (UTC+05:30)');
    expect(wall.periodText(period)).toBe('4 July 2018, 15:00 to 16:00 (wall clock)');
  });

  it('tells days by that clock, whatever the device says', () => {
    const night = seconds('2018-07-05T06:30:00Z');
    expect([sanDiego.day(night), fixed(0).day(night), wall.day(night)]).toEqual([
      '2018-07-04',
      '2018-07-05',
      '2018-07-05',
    ]);
  });

  it('says block time by it too, except where nobody knows where the wall clock hangs', () => {
    const moment = seconds('2026-11-28T15:12:00Z');
    expect(sanDiego.blockText(moment)).toBe('28 November 2026, 07:12 (UTC-08:00)');
    expect(wall.blockText(moment)).toMatch(/28 November 2026, \d\d:12 \(UTC/);
  });

  it('takes a zone that this browser does not know for that of the device, and says so', () => {
    expect(meterClock({ kind: 'named', name: 'Mars/Olympus' }, 3600n).zoneName).toMatch(/ of this device$/);
    expect(meterClock(undefined, 3600n).zoneName).toMatch(/ of this device$/);
  });

  it('gives no date to a day whose file has none', () => {
    expect(wall.dayText(3600n)).toBe('a day without a date');
    expect(fixed(0).dayText(3600n)).toBe('1 January 1970');
  });

  it('does not fail at seconds that no calendar has', () => {
    expect(sanDiego.momentText(2n ** 64n)).toBe('second 18,446,744,073,709,551,616');
    expect(sanDiego.periodText(2n ** 64n)).toMatch(/^second /);
  });
});
