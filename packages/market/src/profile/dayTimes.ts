import type { Outcome, WattchainError } from '@wattchain/core';
import { type Slip, shown } from '../input/slip.js';
import type { CsvRow } from '../input/table.js';
import { clockOf, readTime, startOfDate, type WrittenTime } from '../input/time.js';
import {
  type CommunityClock,
  type CommunityZone,
  momentOf,
  WALL_CLOCK,
  WALL_ZONE,
  wallTimeOf,
  zoneOfOffsets,
} from '../input/zone.js';

/** A line with its period's start. */
export interface TimedRow extends CsvRow {
  /** `YYYY-MM-DD` where the community lives; `undefined` for a clock without a date. */
  readonly date: string | undefined;
  /** `HH:MM` on the community's wall. */
  readonly label: string;
  /** Meter time. */
  readonly seconds: bigint;
  readonly hasOffset: boolean;
}

/** Makes an error of what is wrong at a place. */
type BadPlace = (place: string, what: string, hint: string | undefined) => WattchainError;

/** How a file's times are to be understood. */
export interface TimeReading {
  readonly file: string;
  /** The date of times that have none. */
  readonly date: string | undefined;
  /** The community's clock, where somebody named it. */
  readonly clock: CommunityClock | undefined;
  readonly bad: BadPlace;
}

/** The rows with their times, and the zone that the times are told in: the one that was named, else what the offsets say, else the wall clock. */
export function readDayTimes(
  header: CsvRow,
  rows: readonly CsvRow[],
  reading: TimeReading,
): { readonly timed: readonly TimedRow[]; readonly zone: CommunityZone } {
  const written = rows.map((row) => readCell(header, row, reading));
  checkOneWay(written, reading);
  const timed: TimedRow[] = [];
  for (const { row, time } of written) timed.push(placeRow(row, time, timed.at(-1), reading));
  return { timed, zone: zoneOf(written, timed, reading) };
}

interface WrittenRow {
  readonly row: CsvRow;
  readonly time: WrittenTime;
}

function readCell(header: CsvRow, row: CsvRow, { file, date, bad }: TimeReading): WrittenRow {
  const { value: time, fault } = readTime(row.cells[0] ?? '');
  if (fault) {
    const place = `${file}, line ${row.line}, column 1 (${(header.cells[0] ?? '').slice(0, 80)})`;
    const what = `${shown(row.cells[0] ?? '')} is not the start of a period${fault.why === undefined ? '' : `: ${fault.why}`}`;
    throw bad(place, what, `${fault.hint}; for one day without a date the hour alone, as 7 or 7:15`);
  }
  if (time.date !== undefined || date === undefined) return { row, time };
  return { row, time: { ...time, date, wallSeconds: (startOfDate(date) ?? 0n) + time.wallSeconds } };
}

/** All times have a date or none, an offset or none: a mixture would be moved by hours somewhere. */
function checkOneWay(written: readonly WrittenRow[], { file, clock, bad }: TimeReading): void {
  const [first] = written;
  const odd = written.find(
    ({ time }) =>
      (time.date === undefined) !== (first?.time.date === undefined) ||
      (time.offsetSeconds === undefined) !== (first?.time.offsetSeconds === undefined),
  );
  if (first?.time.offsetSeconds !== undefined && clock?.zone.kind === 'wall') {
    const what = 'its times have offsets, and the zone is said to be the wall clock as written';
    throw bad(file, what, 'leave the zone out, then it is that of the offsets, or name it');
  }
  if (first === undefined || odd === undefined) return;
  const hint = 'write all of them with a date or none, with an offset or none';
  throw bad(
    `${file}, line ${odd.row.line}`,
    `its time is written differently from that of line ${first.row.line}`,
    hint,
  );
}

function placeRow(
  row: CsvRow,
  time: WrittenTime,
  before: TimedRow | undefined,
  { file, clock, bad }: TimeReading,
): TimedRow {
  const hasOffset = time.offsetSeconds !== undefined || (clock !== undefined && clock.zone.kind !== 'wall');
  if (time.date === undefined)
    return { ...row, date: undefined, label: clockOf(time.wallSeconds), seconds: time.wallSeconds, hasOffset };
  const moment: Outcome<bigint, Slip> = momentOf(clock ?? WALL_CLOCK, time, before?.seconds);
  if (moment.fault) throw bad(`${file}, line ${row.line}`, moment.fault.what, moment.fault.hint);
  // With its own offset and no zone named, the file shows the community's wall itself.
  const wall =
    clock === undefined ? { date: time.date, clock: clockOf(time.wallSeconds) } : wallTimeOf(clock, moment.value);
  return { ...row, date: wall.date, label: wall.clock, seconds: moment.value, hasOffset };
}

function zoneOf(
  written: readonly WrittenRow[],
  timed: readonly TimedRow[],
  { file, clock, bad }: TimeReading,
): CommunityZone {
  if (clock !== undefined) return clock.zone;
  if (written[0]?.time.offsetSeconds === undefined) return WALL_ZONE;
  const { value, fault } = zoneOfOffsets(
    written.map(({ time }, index) => ({
      seconds: timed[index]?.seconds ?? 0n,
      offsetSeconds: time.offsetSeconds ?? 0n,
    })),
  );
  if (fault) throw bad(file, fault.what, fault.hint);
  return value;
}
