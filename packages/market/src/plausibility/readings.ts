import { looksCumulative } from '../profile/cumulative.js';
import { formatKwh } from '../units.js';
import { type Doubt, doubtOf } from './doubt.js';
import { type CheckedReading, doubtsOfGaps, doubtsOfReading, type PlausibilityContext } from './periods.js';

/** What the chain knows of a meter before the readings. */
export interface MeterState {
  /** Number of the last reading, 0 before the first. */
  readonly lastNumber: bigint;
  /** Where the last reading ends, meter time in seconds. */
  readonly readUntil: bigint;
  /** Most that it may show for a period, mWh. */
  readonly ratingMwh: bigint;
}

/** A reading of several, before it is signed. */
export interface ListedReading extends CheckedReading {
  /** As people call it. */
  readonly meterName: string;
  /** Where in a file it stands, with a colon: `readings.csv, line 3: `; empty on the command line. */
  readonly where: string;
}

/** Most doubts that are told one by one. */
const MAX_TOLD = 5;

/**
 * What is doubtful about readings in the order in which they are signed: each by itself, what they pass over, and whether they look like
 * the register of a meter.
 */
export function doubtsOfReadings(
  readings: readonly ListedReading[],
  meters: ReadonlyMap<string, MeterState>,
  context: Omit<PlausibilityContext, 'ratingMwh'>,
): Doubt[] {
  const doubts = readings.flatMap((reading) => {
    const found = doubtsOfReading(reading, { ...context, ratingMwh: meters.get(reading.meterName)?.ratingMwh });
    return found.map((doubt) => ({ ...doubt, what: reading.where + doubt.what }));
  });
  const readUntil = new Map(
    [...meters].flatMap(([name, meter]): [string, bigint][] =>
      meter.lastNumber > 0n ? [[name, meter.readUntil]] : [],
    ),
  );
  const slips = doubts.filter(({ canBeMeant }) => !canBeMeant);
  return [
    ...(slips.length > 0 ? slips : doubts).slice(0, MAX_TOLD),
    ...doubtsOfGaps(readings, readUntil, context),
    ...doubtsOfRegisters(readings),
  ];
}

function doubtsOfRegisters(readings: readonly ListedReading[]): Doubt[] {
  const names = [...new Set(readings.map(({ meterName }) => meterName))];
  return names.flatMap((name) => {
    const own = readings.filter(({ meterName }) => meterName === name);
    return (['producedMwh', 'consumedMwh'] as const).flatMap((kind) => {
      const figures = own.map((reading) => reading[kind]);
      if (!looksCumulative(figures)) return [];
      const what = `what ${name} ${kind === 'producedMwh' ? 'produced' : 'consumed'} only grows, to ${formatKwh(figures.at(-1) ?? 0n)} kWh: is it the register of a meter (cumulative)?`;
      return [doubtOf('cumulative', what, 'report what each period adds to the register')];
    });
  });
}
