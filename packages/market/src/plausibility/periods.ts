import { formatKwh } from '../units.js';
import { type Doubt, doubtOf, slipOf } from './doubt.js';

/** Most power that a meter is registered for without a question, W: three phases of 63 A at 230 V are 43 kW, 200 A at 240 V 48 kW. */
export const DEFAULT_MAX_POWER_W = 50_000n;

const DAY_SECONDS = 86_400n;
const YEAR_SECONDS = 366n * DAY_SECONDS;
/** Seconds since 1970 with eleven digits: the year 5138, or milliseconds of 1973 and later. */
const FIRST_MILLISECONDS = 100_000_000_000n;
/** No meter in use is older. */
const MAX_AGE_SECONDS = 20n * YEAR_SECONDS;
/** Nobody offers what he will have in more than a year. */
const MAX_LEAD_SECONDS = YEAR_SECONDS;

/** A period: one resolution of the registry, named by its start in meter time, seconds. */
export interface CheckedPeriod {
  readonly periodStart: bigint;
}

/** What is known beside the thing that is looked at. */
export interface PlausibilityContext {
  /** The chain's clock: time of its newest block, seconds. */
  readonly now: bigint;
  /** Market time less block time, seconds: by it deadlines and periods are compared. */
  readonly marketTimeOffset: bigint;
  /** Length of every period. */
  readonly resolutionSeconds: bigint;
  /** A moment of meter time as the person reads times. */
  readonly showTime: (seconds: bigint) => string;
  /** Most that the meter may show for a period, mWh, where it is known. */
  readonly ratingMwh?: bigint | undefined;
}

/** A moment for people; one that no calendar shows is a number. */
export function momentText({ showTime }: Pick<PlausibilityContext, 'showTime'>, seconds: bigint): string {
  return seconds < FIRST_MILLISECONDS ? showTime(seconds) : `second ${seconds}`;
}

/** What is doubtful about when a period is. */
export function doubtsOfPeriod({ periodStart }: CheckedPeriod, context: PlausibilityContext): Doubt[] {
  const { resolutionSeconds } = context;
  const now = marketTimeOf(context);
  const show = (seconds: bigint) => momentText(context, seconds);
  if (periodStart >= FIRST_MILLISECONDS)
    return [
      slipOf(
        'milliseconds',
        `the period begins ${periodStart} seconds after 1970 (milliseconds?)`,
        'seconds since 1970 have ten digits',
      ),
    ];
  const doubts: Doubt[] = [];
  if (periodStart > now + MAX_LEAD_SECONDS)
    doubts.push(
      slipOf(
        'farAhead',
        `the period begins at ${show(periodStart)}, and market time is ${show(now)}`,
        'check the year: at most a year ahead',
      ),
    );
  if (periodStart + MAX_AGE_SECONDS < now)
    doubts.push(
      doubtOf('longAgo', `the period begins at ${show(periodStart)}, more than twenty years ago`, 'check the year'),
    );
  if (periodStart % resolutionSeconds !== 0n) {
    const before = periodStart - (periodStart % resolutionSeconds);
    doubts.push(
      slipOf(
        'unaligned',
        `no period begins at ${show(periodStart)}: each has ${lengthText(resolutionSeconds)}, the nearest begin at ${show(before)} and ${show(before + resolutionSeconds)}`,
        'name a period by its start',
      ),
    );
  }
  return doubts;
}

/** Market time at the newest block. */
export const marketTimeOf = ({ now, marketTimeOffset }: Pick<PlausibilityContext, 'now' | 'marketTimeOffset'>) =>
  now + marketTimeOffset;

/** A reading before it is signed. */
export interface CheckedReading extends CheckedPeriod {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
}

/** What is doubtful about a reading. It closes its period, and all before it, for ordinary readings. */
export function doubtsOfReading(reading: CheckedReading, context: PlausibilityContext): Doubt[] {
  return [
    ...doubtsOfPeriod(reading, context),
    ...doubtsOfPower(reading.producedMwh, context),
    ...doubtsOfPower(reading.consumedMwh, context),
  ];
}

/** What is doubtful about an energy in a period: more than the meter may show. */
export function doubtsOfPower(
  energyMwh: bigint,
  { ratingMwh, resolutionSeconds }: Pick<PlausibilityContext, 'ratingMwh' | 'resolutionSeconds'>,
): Doubt[] {
  if (ratingMwh === undefined || energyMwh <= ratingMwh) return [];
  const [power, rating] = [energyMwh, ratingMwh].map((energy) => kilowatts(powerOf(energy, resolutionSeconds)));
  const what = `${formatKwh(energyMwh)} kWh in ${lengthText(resolutionSeconds)} are ${power} kW, more than the ${rating} kW that the meter is registered for`;
  return [slipOf('power', what, 'check the figure and its unit')];
}

/** What is doubtful about the most power of a meter that is about to be registered. */
export function doubtsOfRating(ratingW: bigint): Doubt[] {
  if (ratingW <= DEFAULT_MAX_POWER_W) return [];
  const what = `the meter may show up to ${kilowatts(ratingW)} kW, and the connection of a home has at most ${kilowatts(DEFAULT_MAX_POWER_W)} kW`;
  return [
    doubtOf('rating', what, 'the rating bounds what a false reading or offer can claim; it changes with notice only'),
  ];
}

/** Most that a meter of a power in watts can show for a period, mWh: a watt over an hour is a thousand. */
export const ratingOf = (powerW: bigint, resolutionSeconds: bigint): bigint =>
  (powerW * 1_000n * resolutionSeconds) / 3_600n;

/** Watts of an energy over a period. */
export const powerOf = (energyMwh: bigint, resolutionSeconds: bigint): bigint =>
  (energyMwh * 3_600n) / (1_000n * resolutionSeconds);

/** Watts as kilowatts, without a fraction where it says nothing. */
export const kilowatts = (watts: bigint): string =>
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
 * The periods that readings pass over, each between a reading and the one before it of its meter. They come in only as corrections.
 * @param readUntil where the last reading on the chain ends, of meters that were read before
 */
export function doubtsOfGaps(
  readings: readonly SequencedReading[],
  readUntil: ReadonlyMap<string, bigint>,
  { showTime, resolutionSeconds }: Pick<PlausibilityContext, 'showTime' | 'resolutionSeconds'>,
): Doubt[] {
  const ends = new Map(readUntil);
  const gaps: string[] = [];
  for (const { meterName, periodStart } of readings) {
    const end = ends.get(meterName);
    if (end !== undefined && end < periodStart)
      gaps.push(
        `${meterName} from ${momentText({ showTime }, end)} to ${momentText({ showTime }, periodStart)} (${lengthText(periodStart - end)})`,
      );
    ends.set(meterName, periodStart + resolutionSeconds);
  }
  if (gaps.length === 0) return [];
  const more = gaps.length > MAX_NAMED_GAPS ? ` and ${gaps.length - MAX_NAMED_GAPS} more gaps` : '';
  const what = `what lies between can come in only by a correction that a registrar signs too: ${gaps.slice(0, MAX_NAMED_GAPS).join(', ')}${more}`;
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
