/** What one home produces and consumes in each period of a day, mWh; both lists are as long as the day's periods. */
export interface HomeProfile {
  readonly name: string;
  readonly producedMwh: readonly bigint[];
  readonly consumedMwh: readonly bigint[];
}

/** One period of a day. */
export interface ProfilePeriod {
  /** Start in meter time, seconds. */
  readonly start: bigint;
  /** Start as the clock on the wall shows it: `07:00`. */
  readonly label: string;
}

/** A community's day: periods of one length that follow each other without a gap, and every home in each of them. */
export interface DayProfile {
  /** `YYYY-MM-DD`; `undefined` when the day has no date. */
  readonly date: string | undefined;
  readonly periodSeconds: bigint;
  readonly periods: readonly ProfilePeriod[];
  readonly homes: readonly HomeProfile[];
}

/** What a home can sell in a period: produced − consumed where positive (the paper's Equation 1), mWh. */
export function surplusOf(home: HomeProfile, period: number): bigint {
  const difference = balanceOf(home, period);
  return difference > 0n ? difference : 0n;
}

/** What a home must get from elsewhere in a period: consumed − produced where positive, mWh. */
export function needOf(home: HomeProfile, period: number): bigint {
  const difference = balanceOf(home, period);
  return difference < 0n ? -difference : 0n;
}

function balanceOf(home: HomeProfile, period: number): bigint {
  return (home.producedMwh[period] ?? 0n) - (home.consumedMwh[period] ?? 0n);
}
