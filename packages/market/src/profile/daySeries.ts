import type { DayProfile, HomeProfile } from './dayProfile.js';
import type { DayTrade } from './tradesByRule.js';

/** One home's day by period, mWh, as figures and pages draw it. */
export interface HomeSeries extends HomeProfile {
  readonly soldMwh: readonly bigint[];
  readonly boughtMwh: readonly bigint[];
}

/** What one home got from another over the day. Homes are positions in {@link DaySeries.homes}. */
export interface DayFlow {
  readonly seller: number;
  readonly buyer: number;
  readonly energyMwh: bigint;
  /** Token units that went the other way. */
  readonly paid: bigint;
}

/** A community's day as figures and pages draw it: plain data, free of where it came from. */
export interface DaySeries {
  readonly periodSeconds: bigint;
  /** Starts of the periods as the clock shows them. */
  readonly labels: readonly string[];
  readonly homes: readonly HomeSeries[];
  /** Pairs of homes that traded, by seller, then buyer. */
  readonly flows: readonly DayFlow[];
}

/** The series of a day from its energies and trades. */
export function daySeries(profile: DayProfile, trades: readonly DayTrade[]): DaySeries {
  return {
    periodSeconds: profile.periodSeconds,
    labels: profile.periods.map(({ label }) => label),
    homes: profile.homes.map((home, position) => ({
      ...home,
      soldMwh: byPeriod(profile, trades, ({ seller }) => seller === position),
      boughtMwh: byPeriod(profile, trades, ({ buyer }) => buyer === position),
    })),
    flows: profile.homes.flatMap((_, seller) =>
      profile.homes.flatMap((__, buyer) => {
        const between = trades.filter((trade) => trade.seller === seller && trade.buyer === buyer);
        if (between.length === 0) return [];
        const energyMwh = between.reduce((sum, trade) => sum + trade.energyMwh, 0n);
        return [{ seller, buyer, energyMwh, paid: between.reduce((sum, trade) => sum + trade.paid, 0n) }];
      }),
    ),
  };
}

function byPeriod(
  profile: DayProfile,
  trades: readonly DayTrade[],
  isOwn: (trade: DayTrade) => boolean,
): readonly bigint[] {
  const energies = profile.periods.map(() => 0n);
  for (const trade of trades.filter(isOwn)) energies[trade.period] = (energies[trade.period] ?? 0n) + trade.energyMwh;
  return energies;
}
