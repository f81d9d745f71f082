import type { Outcome } from '@wattchain/core';
import { type Slip, shown } from '../input/slip.js';
import { dateOf, readTime, startOfDate, type WrittenTime } from '../input/time.js';
import {
  type CommunityClock,
  type CommunityZone,
  momentOf,
  UTC_ZONE,
  WALL_CLOCK,
  WALL_ZONE,
  zoneOfOffsets,
} from '../input/zone.js';
import { badData } from './badData.js';

/** Which number of a date with slashes is the day. */
export type DateOrder = 'dmy' | 'mdy';

/** A time of a row as it is written, and where. */
export interface WrittenStamp {
  readonly line: number;
  readonly text: string;
}

/** How a file's times are to be understood. */
export interface StampReading {
  readonly file: string;
  /** Title of the column, for errors. */
  readonly title: string;
  readonly position: number;
  readonly clock: CommunityClock | undefined;
  /** The date of times without one. */
  readonly date: string | undefined;
  readonly dates: DateOrder | undefined;
  /** Whether they name the ends of their periods, where 24:00 is a time. */
  readonly isEnding: boolean;
}

/** The moments of rows, meter time, and by which clock they are told. */
export interface Stamps {
  readonly moments: readonly bigint[];
  readonly zone: CommunityZone;
  readonly isDated: boolean;
}

const DOTTED = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?=$|[ ,T])/;
const SLASHED = /^(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?=$|[ ,T])/;
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?=$|[ ,T])/;
const HALF_DAY = /(\d{1,2})(:\d{2}(?::\d{2})?)? ?([ap])\.?m\.?$/i;
/** A day's last moment as the end of its last period. */
const MIDNIGHT_END = /^(\d{4}-\d{2}-\d{2})([T ])24:00(:00)?/;
const SECONDS_PER_DAY = 86_400n;

const two = (text = '') => text.padStart(2, '0');

/** Which number is the day in dates with slashes or dashes: what is said, else what one of them shows that has a number above 12. */
export function dateOrderOf(file: string, texts: Iterable<string>, said: DateOrder | undefined): DateOrder | undefined {
  if (said !== undefined) return said;
  let isSlashed = false;
  let [isDayFirst, isMonthFirst] = [false, false];
  for (const text of texts) {
    const found = SLASHED.exec(text.trim());
    if (found === null) continue;
    isSlashed = true;
    isDayFirst ||= Number(found[1]) > 12;
    isMonthFirst ||= Number(found[3]) > 12;
  }
  if (!isSlashed) return undefined;
  if (isDayFirst !== isMonthFirst) return isDayFirst ? 'dmy' : 'mdy';
  const what = isDayFirst ? 'its dates have days in both places' : 'which number of its dates is the day is a guess';
  throw badData(file, what, 'say so with --dates dmy or --dates mdy');
}

/** The time as ISO 8601 writes it, where it is written in another way that means one thing. */
export function isoOf(text: string, order: DateOrder | undefined): string {
  return text
    .trim()
    .replace(DOTTED, (_, d: string, m: string, y: string) => `${y}-${two(m)}-${two(d)}`)
    .replace(SLASHED, (_, a: string, __, b: string, y: string) =>
      order === 'mdy' ? `${y}-${two(a)}-${two(b)}` : `${y}-${two(b)}-${two(a)}`,
    )
    .replace(YEAR_FIRST, (_, y: string, m: string, d: string) => `${y}-${two(m)}-${two(d)}`)
    .replace(/^(\d{4}-\d{2}-\d{2}),? +/, '$1 ')
    .replace(HALF_DAY, (whole, hour: string, rest: string | undefined, half: string) => {
      const hours = Number(hour);
      if (hours < 1 || hours > 12) return whole;
      return `${two(String((hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0)))}${rest ?? ':00'}`;
    });
}

/** The time; 24:00 is the beginning of the next day where times name ends. */
function readStamp(text: string, { isEnding }: StampReading): ReturnType<typeof readTime> {
  const midnight = isEnding ? MIDNIGHT_END.exec(text) : null;
  if (midnight === null) return readTime(text);
  const start = startOfDate(midnight[1] ?? '');
  if (start === undefined) return readTime(text);
  return readTime(dateOf(start + SECONDS_PER_DAY) + text.slice(10).replace('24:00', '00:00'));
}

/**
 * The moments of times in the order of their rows: each by its own offset, else by the clock; all with a date or none, with an offset or
 * none. Errors: `badData` with line and column.
 */
export function readStamps(stamps: readonly WrittenStamp[], reading: StampReading): Stamps {
  const { file, clock, title, position } = reading;
  const order = dateOrderOf(
    file,
    (function* () {
      for (const { text } of stamps) yield text;
    })(),
    reading.dates,
  );
  const placeOf = (line: number) => `${file}, line ${line}, column ${position + 1} (${title.slice(0, 80)})`;
  const written: WrittenTime[] = stamps.map(({ line, text }) => {
    const { value: time, fault } = readStamp(isoOf(text, order), reading);
    if (fault !== undefined) {
      const what = `${shown(text)} is not a time${fault.why === undefined ? '' : `: ${fault.why}`}`;
      throw badData(placeOf(line), what, fault.hint);
    }
    if (time.date !== undefined || reading.date === undefined) return time;
    const start = startOfDate(reading.date) ?? 0n;
    return { ...time, date: reading.date, wallSeconds: start + time.wallSeconds };
  });
  requireOneWay(stamps, written, reading);
  const moments: bigint[] = [];
  written.forEach((time, index) => {
    const moment: Outcome<bigint, Slip> =
      time.date === undefined ? { value: time.wallSeconds } : momentOf(clock ?? WALL_CLOCK, time, moments.at(-1));
    if (moment.fault) throw badData(placeOf(stamps[index]?.line ?? 0), moment.fault.what, moment.fault.hint);
    moments.push(moment.value);
  });
  return { moments, zone: zoneOf(written, moments, reading), isDated: written[0]?.date !== undefined };
}

function requireOneWay(
  stamps: readonly WrittenStamp[],
  written: readonly WrittenTime[],
  { file, clock }: StampReading,
): void {
  const [first] = written;
  if (first?.offsetSeconds !== undefined && clock?.zone.kind === 'wall')
    throw badData(
      file,
      'its times have offsets, and the zone is said to be the wall clock as written',
      'leave the zone out, then it is that of the offsets, or name it',
    );
  const odd = written.findIndex(
    (time) =>
      (time.date === undefined) !== (first?.date === undefined) ||
      (time.offsetSeconds === undefined) !== (first?.offsetSeconds === undefined),
  );
  if (odd < 0) return;
  throw badData(
    `${file}, line ${stamps[odd]?.line}`,
    `its time is written differently from that of line ${stamps[0]?.line}`,
    'write all of them with a date or none, with an offset or none',
  );
}

function zoneOf(
  written: readonly WrittenTime[],
  moments: readonly bigint[],
  { file, clock }: StampReading,
): CommunityZone {
  if (clock !== undefined) return clock.zone;
  if (written[0]?.offsetSeconds === undefined) return WALL_ZONE;
  if (written.every(({ offsetSeconds }) => offsetSeconds === 0n)) return UTC_ZONE;
  const { value, fault } = zoneOfOffsets(
    written.map(({ offsetSeconds }, index) => ({
      seconds: moments[index] ?? 0n,
      offsetSeconds: offsetSeconds ?? 0n,
    })),
  );
  if (fault) throw badData(file, fault.what, fault.hint);
  return value;
}
