import { compareRatios, type Ratio, ratioOf } from './ratio.js';

/**
 * Gini coefficient, `Σ_i Σ_j |x_i − x_j| / (2 n² mean)`: 0 where all are equal, towards 1 where one has everything. Of values per
 * kilowatt-hour: raw sums punish small homes. `undefined` for nobody, for a sum of 0 and with a value below 0, where it means nothing.
 */
export function gini(values: readonly Ratio[]): Ratio | undefined {
  if (values.some(({ numerator }) => numerator < 0n)) return undefined;
  const sorted = onOneDenominator([...values].sort(compareRatios));
  const count = BigInt(sorted.length);
  const ranked = sorted.reduce((sum, value, index) => sum + (2n * BigInt(index + 1) - count - 1n) * value, 0n);
  return ratioOf(ranked, count * total(sorted));
}

/** Jain's index, `(Σ x)² / (n Σ x²)`: 1 where all are equal, 1/n where one has everything. `undefined` as {@link gini} is. */
export function jain(values: readonly Ratio[]): Ratio | undefined {
  if (values.some(({ numerator }) => numerator < 0n)) return undefined;
  const numbers = onOneDenominator(values);
  const sum = total(numbers);
  return ratioOf(sum * sum, BigInt(numbers.length) * total(numbers.map((value) => value * value)));
}

/** Digits to which a square root is taken. */
const ROOT_DIGITS = 12n;

/**
 * Quality of experience, `1 − σ / σ_max`, σ the standard deviation of the homes' prices and σ_max = (tariff − feed-in) / 2: 1 where all have
 * one price. The root is rounded down at twelve digits. `undefined` for nobody, for a band without width, and where prices lie outside it
 * so far that σ is above σ_max.
 */
export function qualityOfExperience(
  prices: readonly Ratio[],
  { tariff, feedIn }: { readonly tariff: bigint; readonly feedIn: bigint },
): Ratio | undefined {
  const count = BigInt(prices.length);
  const width = tariff - feedIn;
  if (count === 0n || width <= 0n) return undefined;
  const denominator = commonDenominator(prices);
  const numbers = onOneDenominator(prices);
  const sum = total(numbers);
  // σ² / σ_max² = 4 (n Σ x² − (Σ x)²) / (n² · denominator² · width²)
  const spread = 4n * (count * total(numbers.map((value) => value * value)) - sum * sum);
  const most = count * count * denominator * denominator * width * width;
  if (spread > most) return undefined;
  const scale = 10n ** ROOT_DIGITS;
  return { numerator: scale - squareRoot((spread * scale * scale) / most), denominator: scale };
}

/** The largest whole number whose square is not above `value` (Newton's method). */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The values' numerators over their common denominator. */
function onOneDenominator(values: readonly Ratio[]): bigint[] {
  const common = commonDenominator(values);
  return values.map(({ numerator, denominator }) => numerator * (common / denominator));
}

function commonDenominator(values: readonly Ratio[]): bigint {
  return values.reduce((common, { denominator }) => (common / divisor(common, denominator)) * denominator, 1n);
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}

function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}
