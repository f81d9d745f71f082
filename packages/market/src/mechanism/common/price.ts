import { WattchainError } from '@wattchain/core';
import { MWH_PER_TOKEN } from '../../units.js';

/** A price that need not be whole: `numerator / denominator` money units for 150 Wh. It is never rounded; amounts are. */
export interface PriceFraction {
  readonly numerator: bigint;
  /** At least 1. */
  readonly denominator: bigint;
}

/** What the supplier takes and gives in a period, money units for 150 Wh. */
export interface PriceBand {
  /** For energy from the grid. */
  readonly tariff: bigint;
  /** For energy into the grid. */
  readonly feedIn: bigint;
}

/** What `energyMwh` costs at a fraction: `floor(energyMwh · numerator / (150000 · denominator))` money units. */
export function amountAt(energyMwh: bigint, { numerator, denominator }: PriceFraction): bigint {
  return (energyMwh * numerator) / (MWH_PER_TOKEN * denominator);
}

/** Halfway between two whole prices. */
export function middleOf(a: bigint, b: bigint): PriceFraction {
  return { numerator: a + b, denominator: 2n };
}

/** A whole price as a fraction. */
export function wholePrice(price: bigint): PriceFraction {
  return { numerator: price, denominator: 1n };
}

/** @throws WattchainError `badPriceBand` unless 0 ≤ feed-in ≤ tariff: with another band a local market has nothing to share. */
export function requireBand({ tariff, feedIn }: PriceBand): void {
  if (feedIn >= 0n && feedIn <= tariff) return;
  throw new WattchainError('badPriceBand', `the feed-in price is ${feedIn}, the tariff ${tariff} units for 150 Wh`, {
    values: { tariff, feedIn },
    hint: 'the feed-in price is at least 0 and at most the tariff',
  });
}
