import { WattchainError } from '@wattchain/core';
import { WALL_ZONE } from '../input/zone.js';
import type { DayProfile } from './dayProfile.js';
import type { ReadDay } from './parseDayProfile.js';

/** 00:00 of a day in meter time, seconds: what the genesis of a testbed stands for. */
export function dayBeginning({ periods }: DayProfile): bigint {
  const [first] = periods;
  return first === undefined ? 0n : first.start - clockSeconds(first.label);
}

/** Seconds since midnight of `07:15`. */
function clockSeconds(label: string): bigint {
  const [hours = '0', minutes = '0'] = label.split(':');
  return BigInt(hours) * 3_600n + BigInt(minutes) * 60n;
}

/** From 00:00 to the end of the last period, seconds. */
export function daySpan(profile: DayProfile): bigint {
  const last = profile.periods.at(-1);
  return last === undefined ? 0n : last.start + profile.periodSeconds - dayBeginning(profile);
}

const DAY_SECONDS = 86_400n;
/** Clocks are at most fourteen hours ahead of UTC, and twelve behind. */
const MOST_AHEAD_SECONDS = 14n * 3_600n;

/**
 * The day as a registry can hold it, whose periods begin at whole multiples of their length. Where the clock is ahead of UTC by something
 * else, as India's by half an hour with hourly periods, meter time is the clock on the wall as written.
 * @throws WattchainError `badDayFile` when periods begin at such times by no clock
 */
export function alignedDay(file: string, day: ReadDay): ReadDay {
  const [first] = day.periods;
  if (first === undefined || first.start % day.periodSeconds === 0n) return day;
  const later = (((clockSeconds(first.label) - first.start) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  const ahead = later > MOST_AHEAD_SECONDS ? later - DAY_SECONDS : later;
  if ((first.start + ahead) % day.periodSeconds === 0n) {
    const periods = day.periods.map(({ start, label }) => ({ start: start + ahead, label }));
    return { ...day, periods, zone: WALL_ZONE };
  }
  throw new WattchainError(
    'badDayFile',
    `${file}: its first period of ${day.periodSeconds / 60n} minutes begins at ${first.label}`,
    {
      values: { file, label: first.label },
      hint: 'periods begin at whole multiples of their length: hours at :00, half hours at :00 and :30',
    },
  );
}
