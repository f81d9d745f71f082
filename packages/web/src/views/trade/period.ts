import type { MeterClock } from '../../model/meterTime.js';

/** Length of the periods that this page offers. */
export const PERIOD_SECONDS = 3600n;

/**
 * The moment of a clock hour where the community lives, in seconds: the inverse of {@link MeterClock}.
 * @param day `2018-07-04`
 * @param hour 0 to 23
 */
export function momentOf(clock: MeterClock, day: string, hour: number): bigint | undefined {
  const wanted = utcSeconds(day, hour);
  if (wanted === undefined) return undefined;
  // What the clock shows differs from UTC by the zone's offset, which the second look takes at the right side of a change of it.
  let moment = wanted;
  for (let look = 0; look < 2; look += 1) {
    const shown = utcSeconds(clock.day(moment), clock.hour(moment));
    if (shown === undefined) return undefined;
    moment += wanted - shown;
  }
  return moment;
}

function utcSeconds(day: string, hour: number): bigint | undefined {
  const milliseconds = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds / 1000 + Math.round(hour * 3600));
}
/** The period of a meter as people say it: `4 July 2018, 14:00 to 15:00`. */
export function periodText(
  clock: MeterClock,
  { periodStart, periodSeconds }: { readonly periodStart: bigint; readonly periodSeconds: bigint },
): string {
  const end = periodStart + periodSeconds;
  return `${clock.dayText(periodStart)}, ${clock.timeText(periodStart)} to ${clock.timeText(end)}`;
}
