import type { Community } from '@wattchain/market';
import type { MeterClock } from './meterTime.js';

/** Starts of the periods that a community knows of, by day and in order: those that some meter was read for or some trade was settled of. */
export function periodsOf({ meters, flows }: Community, clock: MeterClock): ReadonlyMap<string, readonly bigint[]> {
  const known = new Set<bigint>();
  for (const { readings } of meters) for (const { start } of readings) known.add(start);
  for (const { periodStart } of flows) known.add(periodStart);
  const days = new Map<string, bigint[]>();
  for (const start of [...known].sort((a, b) => (a < b ? -1 : 1))) {
    const day = clock.day(start);
    const starts = days.get(day) ?? [];
    days.set(day, starts);
    starts.push(start);
  }
  return days;
}

/** The day that was asked for if it is known, else the newest. */
export function dayOf(days: ReadonlyMap<string, unknown>, wanted: string | null): string | undefined {
  return wanted !== null && days.has(wanted) ? wanted : [...days.keys()].at(-1);
}
