import { WattchainError } from '@wattchain/core';
import { MWH_PER_KWH } from '../units.js';
import { sum } from './common/split.js';

const HOUR = 3_600n;

/** What a meter produced in a period, mWh; `undefined` where it was skipped. */
export interface ProducedPeriod {
  /** Meter time, seconds. */
  readonly periodStart: bigint;
  readonly producedMwh: bigint | undefined;
}

/** Certificates of an hour. */
export interface IssuedHour {
  /** Start of the hour, meter time in seconds. */
  readonly hour: bigint;
  /** Of 1 kWh each, 1 or more. */
  readonly certificates: bigint;
}

/** Certificates of several hours, and what is carried to the next one. */
export interface Issue {
  readonly hours: readonly IssuedHour[];
  /** Below 1 kWh. */
  readonly remainderMwh: bigint;
}

/**
 * Certificates of origin by the hour: an hour gets as many as whole kilowatt-hours have been produced by its end and were not
 * certified before; what is left is carried to the next. So after any hours certificates are `floor(Σ produced / 1 kWh)`, however they are
 * cut into periods and calls. A period that was skipped counts as nothing.
 * @param remainderMwh of the hour before, below 1 kWh
 * @param periods whole hours, in order, without a hole
 * @throws WattchainError `badPeriods` unless they are
 */
export function issueCertificates(
  remainderMwh: bigint,
  periods: readonly ProducedPeriod[],
  resolutionSeconds: bigint,
): Issue {
  requireWholeHours(periods, resolutionSeconds);
  const perHour = Number(HOUR / resolutionSeconds);
  const hours: IssuedHour[] = [];
  let rest = remainderMwh;
  for (let at = 0; at < periods.length; at += perHour) {
    const own = periods.slice(at, at + perHour);
    rest += sum(own.map(({ producedMwh = 0n }) => producedMwh));
    const certificates = rest / MWH_PER_KWH;
    if (certificates > 0n) hours.push({ hour: own[0]?.periodStart ?? 0n, certificates });
    rest %= MWH_PER_KWH;
  }
  return { hours, remainderMwh: rest };
}

function requireWholeHours(periods: readonly ProducedPeriod[], resolutionSeconds: bigint): void {
  const first = periods[0]?.periodStart ?? 0n;
  const isWhole =
    resolutionSeconds > 0n &&
    HOUR % resolutionSeconds === 0n &&
    first % HOUR === 0n &&
    (BigInt(periods.length) * resolutionSeconds) % HOUR === 0n &&
    periods.every(({ periodStart }, index) => periodStart === first + BigInt(index) * resolutionSeconds);
  if (isWhole) return;
  throw new WattchainError(
    'badPeriods',
    `${periods.length} periods of ${resolutionSeconds} s from ${first} on are no hours`,
    {
      values: { first, count: periods.length, resolutionSeconds },
      hint: 'give all periods of whole hours, in order, of a length that divides an hour',
    },
  );
}
