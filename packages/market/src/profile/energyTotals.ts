import { assert } from '@wattchain/core';
import { type EnergyFigures, energyFigures, type HomePeriod } from '../community/energyFigures.js';
import type { DayProfile } from './dayProfile.js';
import type { DayTrade } from './tradesByRule.js';

/** What a planned day and its trades add up to for the home at a position, as if every meter were read. */
export function homeTotals(profile: DayProfile, trades: readonly DayTrade[], position: number): EnergyFigures {
  return energyFigures(plannedPeriods(profile, trades, position));
}

/** The totals of all homes together. */
export function communityTotals(profile: DayProfile, trades: readonly DayTrade[]): EnergyFigures {
  return energyFigures(profile.homes.flatMap((_, position) => plannedPeriods(profile, trades, position)));
}

function plannedPeriods(profile: DayProfile, trades: readonly DayTrade[], position: number): HomePeriod[] {
  const home = profile.homes[position];
  assert(home !== undefined, `the day has no home at position ${position}`);
  const [sold, bought] = [profile.periods.map(() => 0n), profile.periods.map(() => 0n)];
  for (const { period, seller, buyer, energyMwh } of trades) {
    if (seller === position) sold[period] = (sold[period] ?? 0n) + energyMwh;
    if (buyer === position) bought[period] = (bought[period] ?? 0n) + energyMwh;
  }
  return profile.periods.map((_, period) => ({
    readings: [{ producedMwh: home.producedMwh[period] ?? 0n, consumedMwh: home.consumedMwh[period] ?? 0n }],
    unread: 0,
    soldMwh: sold[period] ?? 0n,
    boughtMwh: bought[period] ?? 0n,
  }));
}
