import { describe, expect, it } from 'vitest';
import { effectiveGasPrice } from './fees.js';

describe('effectiveGasPrice', () => {
  it.each([
    [10n, 0n, 7n, 7n],
    [10n, 2n, 7n, 9n],
    [10n, 3n, 7n, 10n],
    [10n, 9n, 7n, 10n],
    [7n, 0n, 7n, 7n],
    // A gas price is both fees, so it is what is paid.
    [20n, 20n, 7n, 20n],
  ])('is the base fee and the tip, at most the maximum: max %i, tip %i, base %i → %i', (max, tip, base, expected) => {
    const price = effectiveGasPrice({ maxFeePerGas: max, maxPriorityFeePerGas: tip }, { minGasPriceWei: base });
    expect(price).toBe(expected);
  });
});
