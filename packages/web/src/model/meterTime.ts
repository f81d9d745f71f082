/** Days and hours of meter time where the community lives. */
export interface MeterClock {
  /** Whose clock it is, `San Diego` or `this device`. */
  readonly place: string;
  /** The day of a moment, `2018-07-04`. */
  day(seconds: bigint): string;
  /** Hour of the day, 0 to 24 with fractions. */
  hour(seconds: bigint): number;
  /** The day as people write it, `4 July 2018`. */
  dayText(seconds: bigint): string;
  /** The clock time, `14:00`. */
  timeText(seconds: bigint): string;
  /** Both, `4 July 2018, 14:00`. */
  momentText(seconds: bigint): string;
}

/** All meters share their periods' starts, and the formatter is slow: two years of hours are kept. */
const MAX_REMEMBERED = 20_000;

/** The testbed trades a day in San Diego; any other community is taken to be where this browser is. */
export function meterClock(isTestbed: boolean): MeterClock {
  const timeZone = isTestbed ? 'America/Los_Angeles' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const dayText = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long', year: 'numeric' });
  const remembered = new Map<bigint, Intl.DateTimeFormatPart[]>();
  const read = (seconds: bigint) => {
    let found = remembered.get(seconds);
    if (found === undefined) {
      found = parts.formatToParts(new Date(Number(seconds) * 1000));
      if (remembered.size < MAX_REMEMBERED) remembered.set(seconds, found);
    }
    return (type: Intl.DateTimeFormatPartTypes) => found.find((part) => part.type === type)?.value ?? '';
  };
  const clock: MeterClock = {
    place: isTestbed ? 'San Diego' : 'this device',
    day: (seconds) => {
      const part = read(seconds);
      return `${part('year')}-${part('month')}-${part('day')}`;
    },
    hour: (seconds) => {
      const part = read(seconds);
      return Number(part('hour')) + Number(part('minute')) / 60;
    },
    dayText: (seconds) => dayText.format(new Date(Number(seconds) * 1000)),
    timeText: (seconds) => {
      const part = read(seconds);
      return `${part('hour')}:${part('minute')}`;
    },
    momentText: (seconds) => `${clock.dayText(seconds)}, ${clock.timeText(seconds)}`,
  };
  return clock;
}
