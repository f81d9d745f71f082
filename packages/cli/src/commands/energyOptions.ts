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
import { parseWhole, withGone } from '../options.js';

/** Options that name a period in meter time. */
export interface PeriodOptions {
  readonly start: string;
}

const SECONDS_PER_HOUR = 3_600;
const MAX_UNIX_SECONDS = Math.floor(8.64e15 / 1000);
/** A decade, the longest duration that a deadline may be away. */
const MAX_DURATION_SECONDS = 10n * 366n * 86_400n;

/** Adds `--start`. */
export function withPeriod(command: Command): Command {
  return withoutLength(command.requiredOption('--start <time>', `start of the period in meter time: ${TIME_FORMAT}`));
}

/** The length of a period was an option once; now it is the registry's. */
export function withoutLength(command: Command): Command {
  const instead =
    "every period has the registry's length, which wattchain meter rules shows; name it by its --start alone";
  return withGone(withGone(command, '--hours <n>', instead), '--seconds <n>', instead);
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
export function formatPeriod(periodStart: bigint, resolutionSeconds: bigint, clock: CommunityClock): string {
  return `${formatTime(periodStart, clock)}, ${formatDuration(resolutionSeconds)}`;
}

const DURATION_UNITS = { s: 1, m: 60, h: SECONDS_PER_HOUR, d: 86_400 } as const;

/** Seconds of a duration such as `90s`, `15m`, `1h` or `7d`. Errors: `badDuration`. */
export function parseDuration(name: string, text: string, least = 1n): bigint {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = match ? BigInt(Number(match[1]) * DURATION_UNITS[match[2] as keyof typeof DURATION_UNITS]) : -1n;
  if (seconds >= least && seconds <= MAX_DURATION_SECONDS) return seconds;
  throw new WattchainError(
    'badDuration',
    `${name} is "${text}", not a duration of ${least === 0n ? 'none' : 'one second'} to ten years`,
    {
      values: { name, text },
      hint: 'write a whole number with s, m, h or d: 90s, 15m, 1h, 7d',
    },
  );
}

/** A duration as {@link parseDuration} reads it. */
export function durationOf(seconds: bigint): string {
  const text = formatDuration(seconds < 0n ? -seconds : seconds)
    .replace(' ', '')
    .replace('min', 'm');
  return seconds < 0n ? `-${text}` : text;
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
