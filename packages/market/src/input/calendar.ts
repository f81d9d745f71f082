import type { Outcome } from '@wattchain/core';
import { type Slip, shown } from './slip.js';
import { startOfDate } from './time.js';

/** When something holds: hours, weekdays and months of the community's clock; what is left out holds always. */
export interface CalendarRule {
  /** Minutes of the day, the second excluded; the first larger than the second goes over midnight. */
  readonly hours?: readonly [number, number] | undefined;
  /** 1 Monday … 7 Sunday. */
  readonly days?: ReadonlySet<number> | undefined;
  /** 1 to 12. */
  readonly months?: ReadonlySet<number> | undefined;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const HOURS = /^(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?$/;
const DAY_MINUTES = 1_440;

/** Hours such as `7-19`, `6:30-9` or `22-6`. */
export function readHours(text: string): Outcome<readonly [number, number], Slip> {
  const [, a, b = '0', c, d = '0'] = HOURS.exec(text.trim()) ?? [];
  const [from, to] = [Number(a) * 60 + Number(b), Number(c) * 60 + Number(d)];
  const isClock =
    a !== undefined && Number(b) < 60 && Number(d) < 60 && from < DAY_MINUTES && to <= DAY_MINUTES && from !== to;
  if (isClock) return { value: [from, to] };
  return { fault: { what: `${shown(text)} are no hours`, hint: 'write 7-19, 6:30-9, or 22-6 over midnight' } };
}

/** Weekdays such as `mon-fri` or `sat,sun`. */
export const readDays = (text: string): Outcome<ReadonlySet<number>, Slip> =>
  readNames(text, DAYS, 'days', 'mon-fri or sat,sun');

/** Months such as `jun-sep` or `nov-feb`. */
export const readMonths = (text: string): Outcome<ReadonlySet<number>, Slip> =>
  readNames(text, MONTHS, 'months', 'jun-sep or nov-feb');

function readNames(
  text: string,
  names: readonly string[],
  what: string,
  example: string,
): Outcome<ReadonlySet<number>, Slip> {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [first, last, ...more] = part.split('-').map((word) => names.indexOf(word.trim()));
    if (first === undefined || first < 0 || last === -1 || more.length > 0)
      return { fault: { what: `${shown(text)} are no ${what}`, hint: `write ${example}` } };
    for (let index = first; ; index = (index + 1) % names.length) {
      found.add(index + 1);
      if (index === (last ?? first)) break;
    }
  }
  return { value: found };
}

/** A moment on the community's wall. */
export interface WallMoment {
  /** `YYYY-MM-DD`. */
  readonly date: string | undefined;
  readonly minuteOfDay: number;
}

/** Whether a rule holds at a moment; one of days or months holds at no moment without a date. */
export function holdsAt({ hours, days, months }: CalendarRule, { date, minuteOfDay }: WallMoment): boolean {
  if (hours !== undefined) {
    const [from, to] = hours;
    const isIn = from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
    if (!isIn) return false;
  }
  if (days === undefined && months === undefined) return true;
  if (date === undefined) return false;
  return (days?.has(weekdayOf(date)) ?? true) && (months?.has(Number(date.slice(5, 7))) ?? true);
}

/** 1 Monday … 7 Sunday. */
export function weekdayOf(date: string): number {
  // 1970-01-01 was a Thursday.
  return ((Number((startOfDate(date) ?? 0n) / 86_400n) + 3) % 7) + 1;
}

/** Minutes since midnight of a clock, `07:15`. */
export const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** Days of the month that a date is in. */
export function daysInMonth(date: string): number {
  const [year = 1970, month = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
