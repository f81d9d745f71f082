import {
  type CommunityZone,
  communityClock,
  formatOffset,
  formatZone,
  startOfDate,
  wallTimeOf,
} from '@wattchain/market';
import { count } from '../format.js';

/** Days and hours by the clock of a community. All texts of a page are made by one such clock. Periods are named by their start. */
export interface MeterClock {
  /** Length of every period. */
  readonly periodSeconds: bigint;
  /** The zone by name: `America/Los_Angeles`. */
  readonly zoneName: string;
  /** By which clock times are told, as a sentence. */
  readonly sentence: string;
  /** The day of a moment of meter time, `2018-07-04`. */
  day(seconds: bigint): string;
  /** The day as people write it, `4 July 2018`. */
  dayText(seconds: bigint): string;
  /** The clock time, `14:00`. */
  timeText(seconds: bigint): string;
  /** `14:00 to 15:00`. */
  hoursText(periodStart: bigint): string;
  /** Meter time with day and zone, `4 July 2018, 14:00 (UTC-07:00)`. */
  momentText(seconds: bigint): string;
  /** `4 July 2018, 14:00 to 15:00 (UTC-07:00)`. */
  periodText(periodStart: bigint): string;
  /** Block time with day and zone. Where nobody said where the wall clock hangs, it is this device's. */
  blockText(seconds: bigint): string;
  /** Where the periods of a day begin, in order: whole multiples of their length that the clock shows on it. Empty for what is no date. */
  periodStarts(day: string): readonly bigint[];
}

/** All meters share their periods' starts, and the formatter is slow: two years of hours are kept. */
const MAX_REMEMBERED = 20_000;
/** JavaScript has no dates far beyond it; a hostile offer may name such seconds. */
const DATES_END = 8_640_000_000_000n - 86_400n;
const DAY_SECONDS = 86_400n;
/** No zone is further from UTC than 14 hours. */
const MAX_OFFSET_SECONDS = 14n * 3_600n;
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** The zone that this device says it is in. */
export const deviceZone = (): CommunityZone => ({
  kind: 'named',
  name: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

let device: MeterClock | undefined;
const deviceClock = (): MeterClock => {
  device ??= meterClock(undefined, 1n);
  return device;
};

/** The clock of a community whose meters count periods of a length; of one that did not say where it lives, that of this device. */
export function meterClock(zone: CommunityZone | undefined, periodSeconds: bigint): MeterClock {
  const own = zone === undefined ? undefined : clockOf(zone, periodSeconds);
  const wall: CommunityZone = { kind: 'wall' };
  return own ?? clockOf(deviceZone(), periodSeconds, ' of this device') ?? (clockOf(wall, periodSeconds) as MeterClock);
}

/** `undefined` where this browser does not know the zone. */
function clockOf(zone: CommunityZone, periodSeconds: bigint, whose = ''): MeterClock | undefined {
  if (zone.kind === 'named' && !isKnown(zone.name)) return undefined;
  const community = communityClock(zone, rememberingOffset());
  const at = (seconds: bigint) =>
    seconds < DATES_END ? wallTimeOf(community, seconds) : { date: `second ${count(seconds)}`, clock: '' };
  const zoneAt = (seconds: bigint) => (zone.kind === 'wall' ? 'wall clock' : formatOffset(community.offsetAt(seconds)));
  const dayText = (seconds: bigint) =>
    // A file whose times have no date has its day there.
    zone.kind === 'wall' && at(seconds).date === '1970-01-01' ? 'a day without a date' : dateText(at(seconds).date);
  const timeText = (seconds: bigint) => at(seconds).clock;
  const momentText = (seconds: bigint) =>
    seconds < DATES_END ? `${dayText(seconds)}, ${timeText(seconds)} (${zoneAt(seconds)})` : dayText(seconds);
  const hoursText = (periodStart: bigint) => `${timeText(periodStart)} to ${timeText(periodStart + periodSeconds)}`;
  return {
    periodSeconds,
    zoneName: `${formatZone(zone)}${whose}`,
    sentence:
      zone.kind === 'wall'
        ? 'Times of meters are the wall clock as written: nobody has named its zone.'
        : `By the clock of ${formatZone(zone)}${whose}.`,
    day: (seconds) => at(seconds).date,
    dayText,
    timeText,
    hoursText,
    momentText,
    periodText: (periodStart) =>
      periodStart < DATES_END
        ? `${dayText(periodStart)}, ${hoursText(periodStart)} (${zoneAt(periodStart)})`
        : dayText(periodStart),
    blockText: (seconds) => (zone.kind === 'wall' ? deviceClock().momentText(seconds) : momentText(seconds)),
    periodStarts: (day) => {
      const midnight = startOfDate(day);
      const starts: bigint[] = [];
      if (midnight === undefined) return starts;
      const first = (midnight - MAX_OFFSET_SECONDS) / periodSeconds;
      for (
        let start = first * periodSeconds;
        start < midnight + DAY_SECONDS + MAX_OFFSET_SECONDS;
        start += periodSeconds
      )
        if (start >= 0n && at(start).date === day) starts.push(start);
      return starts;
    },
  };
}

/** `4 July 2018` */
function dateText(date: string): string {
  const [year, month, day] = date.split('-');
  return day === undefined ? date : `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Looks offsets up in the browser's database of zones, each moment once. */
function rememberingOffset(): (name: string, seconds: bigint) => bigint {
  const remembered = new Map<bigint, bigint>();
  let formatter: Intl.DateTimeFormat | undefined;
  return (name, seconds) => {
    const known = remembered.get(seconds);
    if (known !== undefined) return known;
    formatter ??= new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const parts = formatter.formatToParts(new Date(Number(seconds) * 1000));
    const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const [, sign = '+', hours = '0', minutes = '0', rest = '0'] =
      /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(text) ?? [];
    const size = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(rest);
    const offset = sign === '-' ? -size : size;
    if (remembered.size < MAX_REMEMBERED) remembered.set(seconds, offset);
    return offset;
  };
}
