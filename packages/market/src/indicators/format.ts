import { roundHalfEven } from '../units.js';
import type { Ratio } from './ratio.js';

/** What stands for a figure that has no value. */
const NO_VALUE = '–';

/** A figure with so many digits after the point, half to even, `0.4429`; `–` where it has no value. For display only. */
export function formatRatio(ratio: Ratio | undefined, digits: number): string {
  if (ratio === undefined) return NO_VALUE;
  const scale = 10n ** BigInt(digits);
  const units = roundHalfEven(ratio.numerator * scale, ratio.denominator);
  const [sign, size] = units < 0n ? ['-', -units] : ['', units];
  return digits === 0 ? `${sign}${size}` : `${sign}${size / scale}.${String(size % scale).padStart(digits, '0')}`;
}

/** A part of a whole in per cent, `44.3 %`; `–` where it has no value. For display only. */
export function formatPercent(ratio: Ratio | undefined, digits = 1): string {
  if (ratio === undefined) return NO_VALUE;
  return `${formatRatio({ numerator: ratio.numerator * 100n, denominator: ratio.denominator }, digits)} %`;
}
