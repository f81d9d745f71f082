/** The shipped week of seventeen homes as periods of a market, with money of 18 decimals. */
import { readFileSync } from 'node:fs';
import type { Address } from '@wattchain/core';
import type { MemberPeriod } from '../src/mechanism/common/bills.js';
import type { PriceBand } from '../src/mechanism/common/price.js';
import { memberPeriods } from '../src/mechanism/memberPeriods.js';
import type { HomeProfile } from '../src/profile/dayProfile.js';
import { parseSeries } from '../src/profile/parseSeries.js';

const FILE = 'fontana_ca_17homes_week_2017-07-01_07.csv';
/** 0.05 $/kWh for 150 Wh. */
const FEED_IN = 75n * 10n ** 14n;

/** A period and the supplier's prices in it. */
export interface WeekPeriod extends MemberPeriod {
  readonly band: PriceBand;
}

export const ownerOf = (home: number): Address => `0x${home.toString(16).padStart(40, '0')}`;

/** @param pvHomes numbers of the homes that keep their panels; all where it is left out */
export function fontanaWeek(pvHomes?: readonly number[]): {
  readonly periods: WeekPeriod[];
  readonly owners: Address[];
  readonly homes: readonly HomeProfile[];
  /** CO2 of the grid by period, 10^-18 kg/kWh. */
  readonly factors: readonly bigint[];
} {
  const series = parseSeries({
    file: FILE,
    text: readFileSync(new URL(`../data/${FILE}`, import.meta.url), 'utf8'),
  });
  const homes = series.homes.map((home, index) =>
    pvHomes === undefined || pvHomes.includes(index + 1)
      ? home
      : { ...home, producedMwh: home.producedMwh.map(() => 0n) },
  );
  const owners = homes.map((_, index) => ownerOf(index + 1));
  const tariffs = series.rates.find(({ title }) => title === 'tariff_usd_per_kWh')?.values ?? [];
  const periods = memberPeriods({ ...series, homes }, owners).map((period, index) => ({
    ...period,
    // 150 Wh are three twentieths of a kilowatt-hour.
    band: { tariff: ((tariffs[index] ?? 0n) * 3n) / 20n, feedIn: FEED_IN },
  }));
  const factors = series.rates.find(({ title }) => title === 'grid_kgCO2_per_kWh')?.values ?? [];
  return { periods, owners, homes, factors };
}

/** Dollars with four digits, half up. */
export function dollars(units: bigint): string {
  const digits = ((units < 0n ? -units : units) + 5n * 10n ** 13n) / 10n ** 14n;
  return `${units < 0n ? '-' : ''}${digits / 10_000n}.${String(digits % 10_000n).padStart(4, '0')}`;
}
