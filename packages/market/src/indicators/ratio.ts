/** An exact figure: `numerator / denominator`. What has no value is `undefined`, never 0. */
export interface Ratio {
  readonly numerator: bigint;
  /** At least 1. */
  readonly denominator: bigint;
}

/** A part of a whole; `undefined` where there is no whole. */
export function ratioOf(numerator: bigint, denominator: bigint): Ratio | undefined {
  if (denominator === 0n) return undefined;
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator };
}

/** Negative, 0 or positive as `a` is below, equal to or above `b`. */
export function compareRatios(a: Ratio, b: Ratio): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** `1 − ratio`. */
export function restOf({ numerator, denominator }: Ratio): Ratio {
  return { numerator: denominator - numerator, denominator };
}
