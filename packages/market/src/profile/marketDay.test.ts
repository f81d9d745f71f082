import { describe, expect, test } from 'vitest';
import { PAPER_DAY_START } from '../paperDay/day.js';
import { PAPER_PROFILE } from '../paperDay/profile.js';
import { alignedDay, dayBeginning, daySpan } from './marketDay.js';
import { parseDayProfile } from './parseDayProfile.js';

const parse = (...starts: string[]) =>
  parseDayProfile({
    file: 'day.csv',
    text: ['start,a_load_kWh,a_pv_kWh,b_load_kWh', ...starts.map((start) => `${start},1,2,1`)].join('\n'),
  });
const aligned = (...starts: string[]) => alignedDay('day.csv', parse(...starts));

describe('the beginning of a day', () => {
  test("is 00:00 by the community's clock, whenever its first period begins", () => {
    expect(dayBeginning(PAPER_PROFILE)).toBe(PAPER_DAY_START);
    expect(daySpan(PAPER_PROFILE)).toBe(86_400n);
    // 2024-07-03T22:00Z by `date -u -d 2024-07-03T22:00Z +%s`.
    const noon = parse('2024-07-04T12:00+02:00', '2024-07-04T12:15+02:00');
    expect([dayBeginning(noon), daySpan(noon)]).toEqual([1_720_044_000n, 12n * 3_600n + 1_800n]);
    expect(dayBeginning(parse('7', '8'))).toBe(0n);
  });
});

describe('a day for a registry', () => {
  test('stays as it is where its periods begin at whole multiples of their length', () => {
    const day = parse('2024-07-04T12:00+05:30', '2024-07-04T12:30+05:30');
    expect(alignedDay('day.csv', day)).toBe(day);
  });

  test('with hours of a clock that is half an hour off is told by the clock on the wall', () => {
    const india = aligned('2024-07-04T00:00+05:30', '2024-07-04T01:00+05:30');
    // 2024-07-04T00:00Z, by which `wall` counts.
    expect(india.periods).toEqual([
      { start: 1_720_051_200n, label: '00:00' },
      { start: 1_720_054_800n, label: '01:00' },
    ]);
    expect(india.zone).toEqual({ kind: 'wall' });
    expect(aligned('2024-07-04T22:00-03:30', '2024-07-04T23:00-03:30').periods[0]?.start).toBe(1_720_130_400n);
  });

  test('whose periods begin at odd minutes is refused', () => {
    expect(() => aligned('7:10', '8:10')).toThrow('its first period of 60 minutes begins at 07:10');
    expect(() => aligned('2024-07-04T07:10+05:30', '2024-07-04T07:25+05:30')).toThrow('begins at 07:10');
  });
});
