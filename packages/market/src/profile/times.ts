/** A period's start as a day file writes it. */
export interface TimeCell {
  /** `YYYY-MM-DD`; `undefined` for a clock without a date. */
  readonly date: string | undefined;
  /** `HH:MM` on the wall. */
  readonly label: string;
  /** Seconds since 1970, or since midnight without a date; local time counts as UTC where no offset is given. */
  readonly seconds: bigint;
  readonly hasOffset: boolean;
}

/** How times are written, for error messages. */
export const TIME_CELL_FORMAT =
  'write 2017-07-04T07:00, with an offset such as -07:00 if you have it, or the hour alone as 7 or 7:15';

/** Reads the start of a period; `undefined` when it is none. */
export function readTime(text: string): TimeCell | undefined {
  const clock = /^(\d{1,2})(?::(\d{2}))?$/.exec(text);
  if (clock) {
    const [hours, minutes] = [Number(clock[1]), Number(clock[2] ?? 0)];
    if (hours > 23 || minutes > 59) return undefined;
    return {
      date: undefined,
      label: clockLabel(hours, minutes),
      seconds: clockSeconds(hours, minutes),
      hasOffset: false,
    };
  }
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::00)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (!match) return undefined;
  const [, date = '', hourText = '', minuteText = '', offset] = match;
  const [hours, minutes] = [Number(hourText), Number(minuteText)];
  const midnight = startOfDate(date);
  if (midnight === undefined || hours > 23 || minutes > 59) return undefined;
  return {
    date,
    label: clockLabel(hours, minutes),
    seconds: midnight + clockSeconds(hours, minutes) - offsetSeconds(offset),
    hasOffset: offset !== undefined,
  };
}

/** Seconds since 1970 at the beginning of a date `YYYY-MM-DD` in UTC; `undefined` when there is no such day from 1970 on. */
export function startOfDate(date: string): bigint | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const ms = Date.parse(`${date}T00:00:00Z`);
  // Date.parse lets 31 June be 1 July; a date that does not come back as it was given does not exist.
  if (!(ms >= 0) || !new Date(ms).toISOString().startsWith(date)) return undefined;
  return BigInt(ms / 1000);
}

function offsetSeconds(offset: string | undefined): bigint {
  if (offset === undefined || offset === 'Z') return 0n;
  const seconds = clockSeconds(Number(offset.slice(1, 3)), Number(offset.slice(4)));
  return offset.startsWith('-') ? -seconds : seconds;
}

const clockSeconds = (hours: number, minutes: number) => BigInt(hours * 3_600 + minutes * 60);
const clockLabel = (hours: number, minutes: number) =>
  `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
