import { assert } from '@wattchain/core';
import { roundHalfEven } from '../units.js';
import { type DayProfile, needOf, surplusOf } from './dayProfile.js';
import type { DayTrade } from './tradesByRule.js';

/** Energies of a home or a community over a day, mWh. */
export interface EnergyTotals {
  readonly producedMwh: bigint;
  readonly consumedMwh: bigint;
  /** Produced and consumed in the same period behind the same meter. */
  readonly ownUseMwh: bigint;
  /** Produced − consumed, over the periods in which it is positive. */
  readonly surplusMwh: bigint;
  /** Consumed − produced, over the periods in which it is positive. */
  readonly needMwh: bigint;
  readonly soldMwh: bigint;
  readonly boughtMwh: bigint;
}

/** What the day's profile and its trades add up to for the home at a position. */
export function homeTotals(profile: DayProfile, trades: readonly DayTrade[], position: number): EnergyTotals {
  const home = profile.homes[position];
  assert(home !== undefined, `the day has no home at position ${position}`);
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  const overPeriods = (energyOf: (period: number) => bigint) =>
    sum(profile.periods.map((_, period) => energyOf(period)));
  const producedMwh = sum(home.producedMwh);
  const surplusMwh = overPeriods((period) => surplusOf(home, period));
  return {
    producedMwh,
    consumedMwh: sum(home.consumedMwh),
    ownUseMwh: producedMwh - surplusMwh,
    surplusMwh,
    needMwh: overPeriods((period) => needOf(home, period)),
    soldMwh: sum(trades.filter(({ seller }) => seller === position).map(({ energyMwh }) => energyMwh)),
    boughtMwh: sum(trades.filter(({ buyer }) => buyer === position).map(({ energyMwh }) => energyMwh)),
  };
}

/** The totals of all homes together. */
export function communityTotals(profile: DayProfile, trades: readonly DayTrade[]): EnergyTotals {
  const homes = profile.homes.map((_, position) => homeTotals(profile, trades, position));
  const sum = (name: keyof EnergyTotals) => homes.reduce((total, home) => total + home[name], 0n);
  return {
    producedMwh: sum('producedMwh'),
    consumedMwh: sum('consumedMwh'),
    ownUseMwh: sum('ownUseMwh'),
    surplusMwh: sum('surplusMwh'),
    needMwh: sum('needMwh'),
    soldMwh: sum('soldMwh'),
    boughtMwh: sum('boughtMwh'),
  };
}

/** `part / whole` in per cent with one digit, half to even: `44.3 %`; `–` when there is no whole. For display only. */
export function formatShare(part: bigint, whole: bigint): string {
  if (whole === 0n) return '–';
  const permille = roundHalfEven(part * 1000n, whole);
  return `${permille / 10n}.${permille % 10n} %`;
}
