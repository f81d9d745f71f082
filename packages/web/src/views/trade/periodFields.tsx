import { useState } from 'preact/hooks';
import { duration } from '../../format.js';
import type { MeterClock, Period } from '../../model/meterTime.js';
import { Choice, Field } from '../wallet/forms.js';

/** Lengths of a period that meters have: an hour, half of one and a quarter of one. */
const LENGTHS = [3600n, 1800n, 900n];
const DAY_SECONDS = 86_400;

/** A period that a person chooses: what it is, or what is wrong with it, and its fields. */
export interface ChosenPeriod {
  readonly period: Period | undefined;
  readonly problem: string | undefined;
  readonly fields: (hasTried: boolean) => preact.JSX.Element;
}

/**
 * Day, length and clock time of a period of meter time.
 * @param suggested where the fields begin, until somebody changes them
 * @param readUntil how far the meter was read: what is before it can be chosen no more
 */
export function usePeriod(clock: MeterClock, suggested: Period, readUntil: bigint): ChosenPeriod {
  const [typedDay, setDay] = useState<string>();
  const [typedTime, setTime] = useState<string>();
  const [typedLength, setLength] = useState<string>();
  const day = typedDay ?? clock.day(suggested.periodStart);
  const length = typedLength ?? suggested.periodSeconds.toString();
  const times = timesOf(Number(length));
  const wanted = typedTime ?? clock.timeText(suggested.periodStart);
  const time = times.includes(wanted) ? wanted : (times.findLast((each) => each <= wanted) ?? '00:00');
  const moments = clock.moments(day, time);
  // Of an hour that the clock shows twice, the one that is not read yet.
  const periodStart = moments.find((moment) => moment >= readUntil) ?? moments.at(-1);
  const problem =
    periodStart === undefined
      ? day === ''
        ? 'Enter a day.'
        : `The clock does not show ${time} on that day.`
      : periodStart < readUntil
        ? `The meter was read until ${clock.momentText(readUntil)}; choose a period after that.`
        : undefined;
  const fields = (hasTried: boolean) => (
    <div class="row">
      <Field
        label="Day"
        type="date"
        value={day}
        onInput={setDay}
        problem={hasTried ? problem : undefined}
        help={clock.sentence}
      />
      <Choice
        label="Hour"
        value={time}
        options={times.map((each) => ({ value: each, text: hoursText(each, Number(length)) }))}
        onInput={setTime}
      />
      <Choice
        label="Length"
        value={length}
        options={LENGTHS.map((each) => ({ value: each.toString(), text: duration(each) }))}
        onInput={setLength}
      />
    </div>
  );
  const period = periodStart === undefined ? undefined : { periodStart, periodSeconds: BigInt(length) };
  return { period: problem === undefined ? period : undefined, problem, fields };
}

/** The clock times at which periods of a length begin. */
function timesOf(seconds: number): string[] {
  return Array.from({ length: DAY_SECONDS / seconds }, (_, index) => timeText(index * seconds));
}

const hoursText = (time: string, seconds: number): string => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return `${time} to ${timeText((hours * 3600 + minutes * 60 + seconds) % DAY_SECONDS)}`;
};

const timeText = (seconds: number): string =>
  `${String(Math.floor(seconds / 3600)).padStart(2, '0')}:${String((seconds % 3600) / 60).padStart(2, '0')}`;
