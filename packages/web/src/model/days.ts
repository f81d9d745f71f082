import type { Community } from '@wattchain/market';
import type { MeterClock, Period } from './meterTime.js';

/** The periods that a community knows of, by day and in order: those that some meter was read for or some trade was settled of. */
export function periodsOf({ meters, flows }: Community, clock: MeterClock): ReadonlyMap<string, readonly Period[]> {
  const known = new Map<bigint, Period>();
  for (const { readings } of meters) {
    for (const { start, seconds } of readings) known.set(start, { periodStart: start, periodSeconds: seconds });
  }
  for (const { periodStart, periodSeconds } of flows) {
    if (!known.has(periodStart)) known.set(periodStart, { periodStart, periodSeconds });
  }
  const days = new Map<string, Period[]>();
  for (const period of [...known.values()].sort((a, b) => (a.periodStart < b.periodStart ? -1 : 1))) {
    const day = clock.day(period.periodStart);
    days.set(day, [...(days.get(day) ?? []), period]);
  }
  return days;
}

/** The day that was asked for if it is known, else the newest. */
export function dayOf(days: ReadonlyMap<string, unknown>, wanted: string | null): string | undefined {
  return wanted !== null && days.has(wanted) ? wanted : [...days.keys()].at(-1);
}
