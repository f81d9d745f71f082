import { type Outcome, WattchainError } from '@wattchain/core';
import { type Slip, shown } from './slip.js';
import { clockOf, dateOf, readOffset, type WrittenTime } from './time.js';

/**
 * By which clock a community lives: how its days and hours are told from meter time, which counts seconds since 1970. Plain data that
 * can be kept as JSON. Meter time of `wall` is the clock on the wall as if it were UTC's, because nobody said where the wall is.
 */
export type CommunityZone =
  /** A zone of the IANA database, such as `America/Los_Angeles`. */
  | { readonly kind: 'named'; readonly name: string }
  /** What a file's times say, in order; the first holds for all time before it too. */
  | { readonly kind: 'offsets'; readonly offsets: readonly ZoneOffset[] }
  /** Wall clock as written. */
  | { readonly kind: 'wall' };

/** An offset from UTC, and the moment from which it holds. */
export interface ZoneOffset {
  /** Seconds since 1970. */
  readonly fromSeconds: number;
  /** Seconds ahead of UTC. */
  readonly offsetSeconds: number;
}

/** Seconds that a zone of the IANA database is ahead of UTC at a moment. The database is the host's: `Intl` of Node or a browser. */
export type NamedOffset = (name: string, seconds: bigint) => bigint;

/** A zone that can be asked. */
export interface CommunityClock {
  readonly zone: CommunityZone;
  /** Seconds that the clock is ahead of UTC at a moment. */
  offsetAt(seconds: bigint): bigint;
}

/** The zone of a community of which nothing is known. */
export const WALL_ZONE: CommunityZone = { kind: 'wall' };
/** The zone of UTC. */
export const UTC_ZONE: CommunityZone = { kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds: 0 }] };
/** Most offsets of a zone: a file's clock that changes more often is not one clock. */
const MAX_OFFSETS = 64;
const SECONDS_PER_DAY = 86_400n;

/** The clock of a zone. Errors: `badZone` when the zone has a name and nobody can look it up. */
export function communityClock(zone: CommunityZone, namedOffset?: NamedOffset): CommunityClock {
  if (zone.kind === 'wall') return { zone, offsetAt: () => 0n };
  if (zone.kind === 'named') {
    if (namedOffset === undefined)
      throw new WattchainError('badZone', `the zone ${zone.name} is known by name only`, {
        values: { zone },
        hint: 'give an offset such as +01:00',
      });
    return { zone, offsetAt: byDay((seconds) => namedOffset(zone.name, seconds)) };
  }
  return {
    zone,
    offsetAt: (seconds) => {
      const found = zone.offsets.findLast(({ fromSeconds }) => BigInt(fromSeconds) <= seconds) ?? zone.offsets[0];
      return BigInt(found?.offsetSeconds ?? 0);
    },
  };
}

/** Days whose offset is kept: two years, and more. */
const KEPT_DAYS = 1_000;

/** The same, asked twice a day of UTC alone where clocks do not change in it: a database of zones takes microseconds for each answer. */
function byDay(offsetAt: (seconds: bigint) => bigint): (seconds: bigint) => bigint {
  const days = new Map<bigint, bigint | undefined>();
  return (seconds) => {
    const day = seconds / SECONDS_PER_DAY;
    if (!days.has(day)) {
      if (days.size >= KEPT_DAYS) days.clear();
      const [begin, end] = [offsetAt(day * SECONDS_PER_DAY), offsetAt((day + 1n) * SECONDS_PER_DAY - 1n)];
      days.set(day, begin === end && seconds >= 0n ? begin : undefined);
    }
    return days.get(day) ?? offsetAt(seconds);
  };
}

/** The clock on the wall as written. */
export const WALL_CLOCK: CommunityClock = communityClock(WALL_ZONE);

/** Date and clock of a moment where the community lives: `{ date: '2018-07-04', clock: '08:00' }`. */
export function wallTimeOf(
  { offsetAt }: CommunityClock,
  seconds: bigint,
): { readonly date: string; readonly clock: string } {
  const wall = seconds + offsetAt(seconds);
  return { date: dateOf(wall), clock: clockOf(wall) };
}

/**
 * The moments at which the community's clock shows a time, in order: one, none where it was put forward over it, two where it was put back.
 * @param wallSeconds the time as if it were UTC's, seconds since 1970
 */
export function momentsOf({ offsetAt }: CommunityClock, wallSeconds: bigint): readonly bigint[] {
  const offsets = new Set([offsetAt(wallSeconds - SECONDS_PER_DAY), offsetAt(wallSeconds + SECONDS_PER_DAY)]);
  return [...offsets]
    .map((offset) => wallSeconds - offset)
    .filter((moment) => moment + offsetAt(moment) === wallSeconds)
    .sort((a, b) => (a < b ? -1 : 1));
}

/**
 * The moment that a written time means: by its own offset, else by the community's clock.
 * @param after of two moments, where clocks were put back, the first after this one
 */
export function momentOf(clock: CommunityClock, time: WrittenTime, after?: bigint): Outcome<bigint, Slip> {
  if (time.offsetSeconds !== undefined) return { value: time.wallSeconds - time.offsetSeconds };
  if (time.date === undefined) return { fault: { what: 'the time has no date', hint: 'write it as 2018-07-04T08:00' } };
  const moments = momentsOf(clock, time.wallSeconds);
  const moment = moments.find((candidate) => after === undefined || candidate > after) ?? moments.at(-1);
  if (moment !== undefined) return { value: moment };
  const what = `there is no ${clockOf(time.wallSeconds)} on ${time.date} by ${formatZone(clock.zone)}: the clocks were put forward`;
  return { fault: { what, hint: 'give the time with its offset, such as 2018-07-04T08:00-07:00' } };
}

/** The zone that a file's times with offsets show. Errors: a slip when the offset changes without end. */
export function zoneOfOffsets(
  times: readonly { readonly seconds: bigint; readonly offsetSeconds: bigint }[],
): Outcome<CommunityZone, Slip> {
  const offsets: ZoneOffset[] = [];
  for (const { seconds, offsetSeconds } of [...times].sort((a, b) => (a.seconds < b.seconds ? -1 : 1))) {
    if (offsets.at(-1)?.offsetSeconds === Number(offsetSeconds)) continue;
    offsets.push({ fromSeconds: Number(seconds), offsetSeconds: Number(offsetSeconds) });
    if (offsets.length > MAX_OFFSETS)
      return {
        fault: { what: 'the offsets of its times change from line to line', hint: 'write all times by one clock' },
      };
  }
  return { value: { kind: 'offsets', offsets } };
}

/**
 * Reads what a person names a zone by: an offset (`+01:00`, `UTC`), `wall` for the clock as written, or a name.
 * @param isKnown whether the host's database has a name
 */
export function readZone(text: string, isKnown: (name: string) => boolean): Outcome<CommunityZone, Slip> {
  if (text === 'wall') return { value: WALL_ZONE };
  const offset = readOffset(text);
  if (offset !== undefined)
    return { value: { kind: 'offsets', offsets: [{ fromSeconds: 0, offsetSeconds: Number(offset) }] } };
  // Short names such as EST or PDT are several zones, or none with summer time.
  if (/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(text) && isKnown(text)) return { value: { kind: 'named', name: text } };
  return {
    fault: {
      what: `${shown(text)} is no zone`,
      hint: 'name it as Europe/Berlin, an offset such as +01:00, or wall for the clock as written',
    },
  };
}

/** A zone as people read it: `America/Los_Angeles`, `UTC-07:00`, `UTC+02:00, from 2017-10-29 UTC+01:00`, `the wall clock as written`. */
export function formatZone(zone: CommunityZone): string {
  if (zone.kind === 'named') return zone.name;
  if (zone.kind === 'wall') return 'the wall clock as written';
  return zone.offsets
    .map(({ fromSeconds, offsetSeconds }, index) => {
      const from = index === 0 ? '' : `from ${dateOf(BigInt(fromSeconds + offsetSeconds))} `;
      return `${from}${formatOffset(BigInt(offsetSeconds))}`;
    })
    .join(', ');
}

/** An offset as people read it: `UTC-07:00`, `UTC`. */
export function formatOffset(offsetSeconds: bigint): string {
  if (offsetSeconds === 0n) return 'UTC';
  const size = offsetSeconds < 0n ? -offsetSeconds : offsetSeconds;
  return `UTC${offsetSeconds < 0n ? '-' : '+'}${clockOf(size)}`;
}
