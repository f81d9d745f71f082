import { useMemo, useState } from 'preact/hooks';
import type { MeterClock } from '../../model/meterTime.js';
import { Choice, Field } from '../wallet/forms.js';

/** A period that a person chooses: where it begins, or what is wrong with that, and its fields. */
export interface ChosenPeriod {
  readonly periodStart: bigint | undefined;
  readonly fields: (hasTried: boolean) => preact.JSX.Element;
}

interface PeriodChoice {
  /** Where the fields begin, until somebody changes them; meter time. */
  readonly suggested: bigint;
  /** What is wrong with a start, if anything. */
  readonly problemOf: (periodStart: bigint) => string | undefined;
}

/** Day and period of meter time; periods have the registry's length. */
export function usePeriod(clock: MeterClock, { suggested, problemOf }: PeriodChoice): ChosenPeriod {
  const [typedDay, setDay] = useState<string>();
  const [typedStart, setStart] = useState<bigint>();
  const day = typedDay ?? clock.day(suggested);
  const starts = useMemo(() => clock.periodStarts(day), [clock, day]);
  const periodStart =
    starts.find((start) => start === (typedStart ?? suggested)) ?? sameTime(clock, starts, typedStart ?? suggested);
  const problem = periodStart === undefined ? 'Enter a day.' : problemOf(periodStart);
  const texts = starts.map((start) => clock.hoursText(start));
  const options = starts.map((start, index) => {
    const text = texts[index] ?? '';
    // An hour that the clock shows twice.
    return { value: start.toString(), text: texts.indexOf(text) < index ? `${text}, again` : text };
  });
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
        label="Period"
        value={periodStart?.toString() ?? ''}
        options={options}
        onInput={(value) => setStart(BigInt(value))}
      />
    </div>
  );
  return { periodStart: problem === undefined ? periodStart : undefined, fields };
}

/** On another day the period of the same clock time, or the one before it. */
function sameTime(clock: MeterClock, starts: readonly bigint[], wanted: bigint): bigint | undefined {
  const time = clock.timeText(wanted);
  return starts.findLast((start) => clock.timeText(start) <= time) ?? starts[0];
}
