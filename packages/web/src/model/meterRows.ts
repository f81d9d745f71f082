import type { CommunityMeter, Flow, HomeRecord } from '@wattchain/market';

/** A period of a meter's day: what it counted, where it was read, and what was traded; mWh. */
export interface MeterRow {
  /** Start in meter time, seconds. */
  readonly start: bigint;
  /** `undefined` where nobody has reported the period. */
  readonly producedMwh: bigint | undefined;
  readonly consumedMwh: bigint | undefined;
  /** Delivered from this meter. */
  readonly soldMwh: bigint;
  /** Bought by its household, whichever meter counts it. */
  readonly boughtMwh: bigint;
}

/** The periods that are known of a meter's day, in order. */
export function meterRows(meter: CommunityMeter, home: HomeRecord, flows: readonly Flow[]): readonly MeterRow[] {
  const readings = new Map(meter.readings.map((reading) => [reading.start, reading]));
  const sold = new Map<bigint, bigint>();
  for (const { meter: from, periodStart, energyMwh } of flows) {
    if (from === meter.meter) sold.set(periodStart, (sold.get(periodStart) ?? 0n) + energyMwh);
  }
  return home.periods.map(({ start, boughtMwh }) => {
    const reading = readings.get(start);
    return {
      start,
      producedMwh: reading?.producedMwh,
      consumedMwh: reading?.consumedMwh,
      soldMwh: sold.get(start) ?? 0n,
      boughtMwh,
    };
  });
}

/** What is known of a column, added up. */
export const sumOf = (rows: readonly MeterRow[], column: 'producedMwh' | 'consumedMwh' | 'soldMwh' | 'boughtMwh') =>
  rows.reduce((sum, row) => sum + (row[column] ?? 0n), 0n);
