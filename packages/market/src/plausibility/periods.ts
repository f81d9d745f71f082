import { formatKwh } from '../units.js';
import { type Doubt, doubtOf, slipOf } from './doubt.js';

/** Most power of a meter of which nothing else is known, W: three phases of 63 A at 230 V are 43 kW, 200 A at 240 V 48 kW. */
export const DEFAULT_MAX_POWER_W = 50_000n;

const DAY_SECONDS = 86_400n;
const YEAR_SECONDS = 366n * DAY_SECONDS;
/** Seconds since 1970 with eleven digits: the year 5138, or milliseconds of 1973 and later. */
const FIRST_MILLISECONDS = 100_000_000_000n;
/** No meter in use is older. */
const MAX_AGE_SECONDS = 20n * YEAR_SECONDS;
/** Nobody offers what he will have in more than a year. */
const MAX_LEAD_SECONDS = YEAR_SECONDS;
/** Meter time may be a wall clock up to fourteen hours ahead of the chain's, and clocks are off by something. */
const MAX_READING_LEAD_SECONDS = DAY_SECONDS;
/** A month. */
const MAX_PERIOD_SECONDS = 31n * DAY_SECONDS;
/** Markets settle by quarters of an hour, or multiples. */
const QUARTER_SECONDS = 900n;

/** A period in meter time, seconds. */
export interface CheckedPeriod {
  readonly periodStart: bigint;
  readonly periodSeconds: bigint;
}

/** What is known beside the thing that is looked at. */
export interface PlausibilityContext {
  /** The chain's clock: time of its newest block, seconds. */
  readonly now: bigint;
  /** A moment of meter time as the person reads times. */
  readonly showTime: (seconds: bigint) => string;
  /** Default {@link DEFAULT_MAX_POWER_W}. */
  readonly maxPowerW?: bigint;
  /** Length of the periods that the meter is read by, where it was read before. */
  readonly resolutionSeconds?: bigint | undefined;
}

/** A moment for people; one that no calendar shows is a number. */
export function momentText({ showTime }: Pick<PlausibilityContext, 'showTime'>, seconds: bigint): string {
  return seconds < FIRST_MILLISECONDS ? showTime(seconds) : `second ${seconds}`;
}

/** What is doubtful about when a period is. */
export function doubtsOfPeriod({ periodStart, periodSeconds }: CheckedPeriod, context: PlausibilityContext): Doubt[] {
  const { now, resolutionSeconds } = context;
  const show = (seconds: bigint) => momentText(context, seconds);
  const doubts: Doubt[] = [];
  if (periodStart >= FIRST_MILLISECONDS)
    return [
      slipOf(
        'milliseconds',
        `the period begins ${periodStart} seconds after 1970 (milliseconds?)`,
        'seconds since 1970 have ten digits',
      ),
    ];
  if (periodSeconds > MAX_PERIOD_SECONDS)
    doubts.push(
      slipOf(
        'longPeriod',
        `the period has ${lengthText(periodSeconds)}`,
        'a period has at most 31 days: a quarter of an hour, half of one, an hour',
      ),
    );
  if (periodStart > now + MAX_LEAD_SECONDS)
    doubts.push(
      slipOf(
        'farAhead',
        `the period begins at ${show(periodStart)}, and the chain's clock shows ${show(now)}`,
        'check the year: at most a year ahead',
      ),
    );
  if (periodStart + MAX_AGE_SECONDS < now)
    doubts.push(
      doubtOf('longAgo', `the period begins at ${show(periodStart)}, more than twenty years ago`, 'check the year'),
    );
  if (periodStart % QUARTER_SECONDS !== 0n || periodSeconds % QUARTER_SECONDS !== 0n)
    doubts.push(
      doubtOf(
        'noQuarter',
        `the period from ${show(periodStart)} over ${lengthText(periodSeconds)} is not made of whole quarters of an hour`,
        'meters are read by quarters of an hour, or multiples',
      ),
    );
  if (resolutionSeconds !== undefined && resolutionSeconds !== periodSeconds)
    doubts.push(
      doubtOf(
        'otherLength',
        `the meter is read every ${lengthText(resolutionSeconds)}, and the period has ${lengthText(periodSeconds)}`,
        'a trade is settled by a reading of exactly its period',
      ),
    );
  return doubts;
}

/** A reading before it is signed. */
export interface CheckedReading extends CheckedPeriod {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/** What is doubtful about a reading. It closes its period, and all before it, for ever. */
export function doubtsOfReading(reading: CheckedReading, context: PlausibilityContext): Doubt[] {
  const { periodStart, periodSeconds, producedMwh, consumedMwh } = reading;
  const doubts = doubtsOfPeriod(reading, context);
  const end = periodStart + periodSeconds;
  const isAhead = end > context.now + MAX_READING_LEAD_SECONDS && doubts.every(({ canBeMeant }) => canBeMeant);
  if (isAhead)
    doubts.push(
      doubtOf(
        'notOver',
        `the period ends at ${momentText(context, end)}, and the chain's clock shows ${momentText(context, context.now)}`,
        'report a period when it is over: all before its end can never be read afterwards',
      ),
    );
  return [
    ...doubts,
    ...doubtsOfPower(producedMwh, periodSeconds, context),
    ...doubtsOfPower(consumedMwh, periodSeconds, context),
  ];
}

/** What is doubtful about an energy in a period: more than a meter can show. */
export function doubtsOfPower(
  energyMwh: bigint,
  periodSeconds: bigint,
  { maxPowerW = DEFAULT_MAX_POWER_W }: PlausibilityContext,
): Doubt[] {
  // A watt over an hour is a thousand milliwatt-hours.
  if (energyMwh * 3_600n <= maxPowerW * 1_000n * periodSeconds) return [];
  const powerW = (energyMwh * 3_600n) / (1_000n * (periodSeconds === 0n ? 1n : periodSeconds));
  const what = `${formatKwh(energyMwh)} kWh in ${lengthText(periodSeconds)} are ${kilowatts(powerW)} kW, more than the ${kilowatts(maxPowerW)} kW that are taken for this meter's most`;
  return [slipOf('power', what, 'check the figure and its unit')];
}

/** Watts as kilowatts, without a fraction where it says nothing. */
const kilowatts = (watts: bigint) =>
  (watts < 100_000n ? `${watts / 1_000n}.${((watts % 1_000n) / 100n).toString()}` : `${watts / 1_000n}`).replace(
    /\.0$/,
    '',
  );

/** Where a reading stands and to whom it belongs, for gaps. */
export interface SequencedReading extends CheckedPeriod {
  /** As people call it. */
  readonly meterName: string;
}

/** Gaps that a sentence names. */
const MAX_NAMED_GAPS = 10;

/**
 * The periods that readings pass over, each between a reading and the one before it of its meter. Nothing can read them afterwards.
 * @param readUntil where the last reading on the chain ends, of meters that were read before
 */
export function doubtsOfGaps(
  readings: readonly SequencedReading[],
  readUntil: ReadonlyMap<string, bigint>,
  showTime: (seconds: bigint) => string,
): Doubt[] {
  const ends = new Map(readUntil);
  const gaps: string[] = [];
  for (const { meterName, periodStart, periodSeconds } of readings) {
    const end = ends.get(meterName);
    if (end !== undefined && end < periodStart)
      gaps.push(
        `${meterName} from ${momentText({ showTime }, end)} to ${momentText({ showTime }, periodStart)} (${lengthText(periodStart - end)})`,
      );
    ends.set(meterName, periodStart + periodSeconds);
  }
  if (gaps.length === 0) return [];
  const more = gaps.length > MAX_NAMED_GAPS ? ` and ${gaps.length - MAX_NAMED_GAPS} more gaps` : '';
  const what = `what lies between could never be read afterwards: ${gaps.slice(0, MAX_NAMED_GAPS).join(', ')}${more}`;
  return [doubtOf('gap', what, 'add the readings that are missing')];
}

/** A length of time in its largest whole unit: `1 h`, `90 s`. */
function lengthText(seconds: bigint): string {
  for (const [unit, length] of [
    ['d', DAY_SECONDS],
    ['h', 3_600n],
    ['min', 60n],
  ] as const)
    if (seconds > 0n && seconds % length === 0n) return `${seconds / length} ${unit}`;
  return `${seconds} s`;
}
