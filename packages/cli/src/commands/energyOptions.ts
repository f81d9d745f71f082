import { WattchainError } from '@wattchain/core';
import {
  type CommunityClock,
  communityClock,
  type FigureContext,
  formatKwh,
  formatOffset,
  momentOf,
  parseEnergy,
  readDatedTime,
  TIME_FORMAT,
  UTC_ZONE,
  WALL_CLOCK,
  wallTimeOf,
} from '@wattchain/market';
import type { Command } from 'commander';
import { parseWhole } from '../options.js';

/** Options that name a period in meter time. */
export interface PeriodOptions {
  readonly start: string;
  readonly hours?: string;
  readonly seconds?: string;
}

/** A period in meter time. */
export interface Period {
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
}

const SECONDS_PER_HOUR = 3_600;
/** A leap year: longer periods are surely a slip. */
const MAX_PERIOD_HOURS = 366 * 24;
const MAX_PERIOD_SECONDS = MAX_PERIOD_HOURS * SECONDS_PER_HOUR;
const MAX_UNIX_SECONDS = Math.floor(8.64e15 / 1000);
/** A decade, the longest duration that a deadline may be away. */
const MAX_DURATION_SECONDS = 10 * 366 * 86_400;

/** Adds `--start`, `--hours` and `--seconds`. */
export function withPeriod(command: Command): Command {
  return command
    .requiredOption('--start <time>', `start of the period in meter time: ${TIME_FORMAT}`)
    .option('--hours <n>', 'length of the period in hours (default: 1)')
    .option('--seconds <n>', 'length of the period in seconds');
}

/**
 * The period that the options name; a start without an offset is by the community's clock. Errors: `badTime`, `badPeriod`, `badNumber`.
 * Before a node is asked for the clock, any clock shows whether the options are right.
 */
export function parsePeriod(options: PeriodOptions, clock: CommunityClock = WALL_CLOCK): Period {
  if (options.hours !== undefined && options.seconds !== undefined) {
    throw new WattchainError('badPeriod', 'both --hours and --seconds are given', { hint: 'give one of them' });
  }
  const periodSeconds =
    options.seconds === undefined
      ? parseWhole('--hours', options.hours ?? '1', 1, MAX_PERIOD_HOURS) * SECONDS_PER_HOUR
      : parsePeriodSeconds('--seconds', options.seconds);
  return { periodStart: parseTime('--start', options.start, clock), periodSeconds: BigInt(periodSeconds) };
}

/** Length of a period in seconds. Errors: `badNumber`. */
export function parsePeriodSeconds(name: string, text: string): number {
  return parseWhole(name, text, 1, MAX_PERIOD_SECONDS);
}

/**
 * Seconds since 1970 of a time as {@link TIME_FORMAT} says; without an offset it is by the community's clock.
 * Errors: `badTime`.
 * @param after of a time that the clock shows twice, the first after this is meant
 */
export function parseTime(name: string, text: string, clock: CommunityClock = WALL_CLOCK, after?: bigint): bigint {
  const { value: time, fault } = readDatedTime(text);
  const bad = (what: string, hint: string) =>
    new WattchainError('badTime', `${name} is "${text.slice(0, 80)}", ${what}`, { values: { name, text }, hint });
  if (fault) throw bad(`not a time${fault.why === undefined ? '' : `: ${fault.why}`}`, fault.hint);
  const moment = momentOf(clock, time, after);
  if (moment.fault) throw bad(moment.fault.what, moment.fault.hint);
  return moment.value;
}

/** A moment of meter time as people read it, by the community's clock: `2018-07-04 08:00-07:00`, with seconds where there are some. */
export function formatTime(seconds: bigint, clock: CommunityClock): string {
  if (seconds > BigInt(MAX_UNIX_SECONDS)) return `second ${seconds}`;
  const { date, clock: time } = wallTimeOf(clock, seconds);
  // Of a wall clock as written nobody knows the offset.
  return `${date} ${time}${clock.zone.kind === 'wall' ? '' : offsetText(clock.offsetAt(seconds))}`;
}

/** A moment of block time, such as a deadline, by the same clock; where that is a wall clock without a zone, in UTC. */
export function formatBlockTime(seconds: bigint, clock: CommunityClock): string {
  return formatTime(seconds, clock.zone.kind === 'wall' ? communityClock(UTC_ZONE) : clock);
}

/** `-07:00`, or `Z` for none. */
const offsetText = (offsetSeconds: bigint) => formatOffset(offsetSeconds).replace(/^UTC/, '') || 'Z';

/** A period as people read it: `2018-07-04 08:00-07:00, 1 h`. */
export function formatPeriod({ periodStart, periodSeconds }: Period, clock: CommunityClock): string {
  return `${formatTime(periodStart, clock)}, ${formatDuration(periodSeconds)}`;
}

const DURATION_UNITS = { s: 1, m: 60, h: SECONDS_PER_HOUR, d: 86_400 } as const;

/** Seconds of a duration such as `90s`, `15m`, `1h` or `7d`. Errors: `badDuration`. */
export function parseDuration(name: string, text: string): bigint {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = match ? Number(match[1]) * DURATION_UNITS[match[2] as keyof typeof DURATION_UNITS] : 0;
  if (seconds < 1 || seconds > MAX_DURATION_SECONDS) {
    throw new WattchainError('badDuration', `${name} is "${text}", not a duration of one second to ten years`, {
      values: { name, text },
      hint: 'write a whole number with s, m, h or d: 90s, 15m, 1h, 7d',
    });
  }
  return BigInt(seconds);
}

/** A duration in its largest whole unit: `1 h`, `90 s`. */
export function formatDuration(seconds: bigint): string {
  for (const [unit, length] of [
    ['d', 86_400n],
    ['h', 3_600n],
    ['min', 60n],
  ] as const) {
    if (seconds > 0n && seconds % length === 0n) return `${seconds / length} ${unit}`;
  }
  return `${seconds} s`;
}

/** An id that the chain counts from 1. Errors: `badNumber`. */
export function parseId(name: string, text: string): bigint {
  return BigInt(parseWhole(name, text, 1, Number.MAX_SAFE_INTEGER));
}

/** The contracts keep energy in 64 bits. */
const MAX_ENERGY_MWH = 2n ** 64n - 1n;

/** Milliwatt-hours of kilowatt-hours that a person gives. Errors: `badEnergy`, also for more than a contract can hold. */
export function parseEnergyKwh(text: string, context: FigureContext = {}): bigint {
  const energyMwh = parseEnergy(text, 'kWh', context);
  if (energyMwh <= MAX_ENERGY_MWH) return energyMwh;
  throw new WattchainError('badEnergy', `"${text.slice(0, 80)}" kWh is more than a contract can hold`, {
    values: { text },
    hint: `at most ${formatKwh(MAX_ENERGY_MWH)} kWh`,
  });
}
