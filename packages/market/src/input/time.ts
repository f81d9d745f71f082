import type { Outcome } from '@wattchain/core';
import { withPlainMinus } from './minus.js';

/** A time as it is written, before anything is assumed of it. */
export interface WrittenTime {
  /** `YYYY-MM-DD` on the wall; `undefined` for a clock without a date. */
  readonly date: string | undefined;
  /** Seconds of the wall clock as if it were UTC's, since 1970; without a date since midnight. */
  readonly wallSeconds: bigint;
  /** Seconds that the clock is ahead of UTC, where it says so. Seconds since 1970 say 0. */
  readonly offsetSeconds: bigint | undefined;
}

/** Why a text is no time; who asked names the text. */
export interface TimeSlip {
  /** `undefined` when it looks like nothing at all. */
  readonly why: string | undefined;
  /** What to do. */
  readonly hint: string;
}

/** How a moment is written, for error messages and `--help`. */
export const TIME_FORMAT =
  '2018-07-04T08:00, with an offset such as -07:00 or Z if it is not by the clock of the community, or seconds since 1970';

const CLOCK = /^(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?$/;
const DATED =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?([Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
/** ISO 8601's basic format, `20170704T0700`, which leaves the marks out, or only those of the date. */
const BASIC = /^(\d{4})(\d{2})(\d{2})([Tt ])(\d{2}):?(\d{2})(?::?(\d{2}))?(?=$|[ .,Zz+UG-])/;
const EPOCH = /^(\d{9,})(?:\.0+)?$/;
/** Seconds since 1970 have nine or ten digits from 1973 to 2286. */
const MAX_EPOCH_DIGITS = 10;
const EPOCH_UNITS: readonly { readonly digits: number; readonly name: string }[] = [
  { digits: 14, name: 'milliseconds' },
  { digits: 17, name: 'microseconds' },
  { digits: 20, name: 'nanoseconds' },
];
const SECONDS_PER_DAY = 86_400n;

/** Reads a time in any of the forms that tools write; what is none says why. */
export function readTime(text: string): Outcome<WrittenTime, TimeSlip> {
  const time = withPlainMinus(text.trim()).replace(BASIC, extended);
  const epoch = EPOCH.exec(time);
  if (epoch) return readEpoch(epoch[1] ?? '');
  const clock = CLOCK.exec(time);
  if (clock) {
    const seconds = readClock(clock[1], clock[2], clock[3]);
    if (seconds === undefined) return { fault: notATime(time, clock[1]) };
    return { value: { date: undefined, wallSeconds: seconds, offsetSeconds: undefined } };
  }
  const dated = DATED.exec(time);
  if (!dated) return { fault: notATime(time, undefined) };
  const [, date = '', hour, minute, second, fraction = '', zone] = dated;
  const midnight = startOfDate(date);
  if (midnight === undefined) {
    const hint = date < '1970' ? 'times begin in 1970' : `write it as ${TIME_FORMAT}`;
    return { fault: { why: `there is no ${date}`, hint } };
  }
  const seconds = readClock(hour, minute, second);
  if (seconds === undefined) return { fault: notATime(time, hour) };
  if (/[1-9]/.test(fraction))
    return { fault: { why: 'it has a fraction of a second', hint: 'meters count whole seconds' } };
  const offset = readOffset(zone);
  if (offset === undefined) {
    const hint = 'offsets reach from -12:00 to +14:00, in quarters of an hour';
    return { fault: { why: `no place has the offset ${zone}`, hint } };
  }
  const wallSeconds = midnight + seconds;
  if (wallSeconds < offset) return { fault: { why: 'it is before 1970', hint: 'times begin in 1970' } };
  return { value: { date, wallSeconds, offsetSeconds: zone === undefined ? undefined : offset } };
}

/** The same time with them. */
function extended(_: string, year: string, month: string, day: string, mark: string, ...clock: unknown[]): string {
  const parts = clock.slice(0, 3).filter((part) => part !== undefined);
  return `${year}-${month}-${day}${mark}${parts.join(':')}`;
}

/** Reads a time where no clock stands alone, so that digits are seconds since 1970 however few they are. */
export function readDatedTime(text: string): Outcome<WrittenTime, TimeSlip> {
  return /^\s*\d{1,8}\s*$/.test(text) ? readEpoch(text.trim()) : readTime(text);
}

function readEpoch(digits: string): Outcome<WrittenTime, TimeSlip> {
  if (digits.length > MAX_EPOCH_DIGITS) {
    const unit = EPOCH_UNITS.find((candidate) => digits.length <= candidate.digits)?.name ?? 'something finer';
    const why = `it is too large for seconds since 1970 (${unit}?)`;
    return { fault: { why, hint: 'seconds have ten digits: leave the others off' } };
  }
  const wallSeconds = BigInt(digits);
  return { value: { date: dateOf(wallSeconds), wallSeconds, offsetSeconds: 0n } };
}

function notATime(text: string, hour: string | undefined): TimeSlip {
  const why = undefined;
  if (Number(hour) === 24)
    return {
      why,
      hint: 'hours go from 0 to 23; where 24 or 24:00 ends a day, periods are named by their ends: name their beginnings',
    };
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/.test(text))
    return { why, hint: `which number is the day and which the month is a guess: write it as ${TIME_FORMAT}` };
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return { why, hint: `the hour is missing: write it as ${TIME_FORMAT}` };
  if (/\d ?[ap]\.?m\b/i.test(text)) return { why, hint: `hours go from 0 to 23, without am and pm: ${TIME_FORMAT}` };
  return { why, hint: `write it as ${TIME_FORMAT}` };
}

/** Seconds since midnight; `undefined` when no clock shows that. */
function readClock(hourText = '', minuteText = '0', secondText = '0'): bigint | undefined {
  const [hours, minutes, seconds] = [Number(hourText), Number(minuteText), Number(secondText)];
  return hours > 23 || minutes > 59 || seconds > 59 ? undefined : BigInt(hours * 3_600 + minutes * 60 + seconds);
}

/** Seconds ahead of UTC of `Z`, `+01`, `+0100` or `+01:00`, 0 of nothing; `undefined` when no place has the offset. */
export function readOffset(text: string | undefined): bigint | undefined {
  if (text === undefined || /^(z|utc|gmt)$/i.test(text)) return 0n;
  const [, sign, hourText, minuteText = '0'] = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(withPlainMinus(text)) ?? [];
  if (sign === undefined) return undefined;
  const [hours, minutes] = [Number(hourText), Number(minuteText)];
  const seconds = (hours * 3_600 + minutes * 60) * (sign === '-' ? -1 : 1);
  const isPlace = minutes < 60 && minutes % 15 === 0 && seconds >= -12 * 3_600 && seconds <= 14 * 3_600;
  return isPlace ? BigInt(seconds) : undefined;
}

/** Seconds since 1970 at the beginning of a date `YYYY-MM-DD` in UTC; `undefined` when there is no such day from 1970 on. */
export function startOfDate(date: string): bigint | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const ms = Date.parse(`${date}T00:00:00Z`);
  // Date.parse lets 31 June be 1 July; a date that does not come back as it was given does not exist.
  if (!(ms >= 0) || !new Date(ms).toISOString().startsWith(date)) return undefined;
  return BigInt(ms / 1000);
}

/** The date of seconds since 1970 as UTC's clock shows them, `YYYY-MM-DD`. */
export function dateOf(wallSeconds: bigint): string {
  return new Date(Number(wallSeconds) * 1000).toISOString().replace(/T.*/, '');
}

/** The clock of seconds since 1970, `07:00`, with seconds where there are some. */
export function clockOf(wallSeconds: bigint): string {
  const since = ((wallSeconds % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  const pad = (value: bigint) => value.toString().padStart(2, '0');
  const seconds = since % 60n;
  return `${pad(since / 3_600n)}:${pad((since / 60n) % 60n)}${seconds === 0n ? '' : `:${pad(seconds)}`}`;
}
