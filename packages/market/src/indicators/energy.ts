import type { EnergyFigures } from '../community/energyFigures.js';
import { type Ratio, ratioOf } from './ratio.js';

/** What a community needs, has and trades in one period, mWh. */
export interface TradedPeriod {
  readonly needMwh: bigint;
  readonly surplusMwh: bigint;
  readonly tradedMwh: bigint;
}

/** Self-sufficiency: the part of the consumption that own production and neighbours covered; `undefined` without consumption. */
export function selfSufficiency({
  coveredMwh,
  consumedMwh,
}: Pick<EnergyFigures, 'coveredMwh' | 'consumedMwh'>): Ratio | undefined {
  return ratioOf(coveredMwh, consumedMwh);
}

/** Self-consumption: the part of the production that was used at home or by neighbours; `undefined` without production. */
export function selfConsumption({
  usedMwh,
  producedMwh,
}: Pick<EnergyFigures, 'usedMwh' | 'producedMwh'>): Ratio | undefined {
  return ratioOf(usedMwh, producedMwh);
}

/** The part of the needs that neighbours covered, `Σ traded / Σ D`; `undefined` where nobody needs anything. */
export function localShare(periods: readonly TradedPeriod[]): Ratio | undefined {
  return ratioOf(
    sumOf(periods, ({ tradedMwh }) => tradedMwh),
    sumOf(periods, ({ needMwh }) => needMwh),
  );
}

/** Liquidity: the part of what could be traded that was, `Σ traded / Σ min(D, S)`; `undefined` where nothing could be. */
export function liquidity(periods: readonly TradedPeriod[]): Ratio | undefined {
  return ratioOf(
    sumOf(periods, ({ tradedMwh }) => tradedMwh),
    sumOf(periods, ({ needMwh, surplusMwh }) => (needMwh < surplusMwh ? needMwh : surplusMwh)),
  );
}

/** Peak to average of the imports of a community by period: `max · n / Σ`; `undefined` without imports. */
export function peakToAverage(imports: readonly bigint[]): Ratio | undefined {
  return ratioOf(
    largest(imports) * BigInt(imports.length),
    sumOf(imports, (mwh) => mwh),
  );
}

/** Load factor, the inverse: `Σ / (max · n)`, 1 for an even load; `undefined` without imports. */
export function loadFactor(imports: readonly bigint[]): Ratio | undefined {
  return ratioOf(
    sumOf(imports, (mwh) => mwh),
    largest(imports) * BigInt(imports.length),
  );
}

/** Milliwatt-hours in a kilowatt-hour times what rates are counted in. */
const RATE_UNIT = 10n ** 18n;
const MWH_PER_KWH = 1_000_000n;

/**
 * Kilograms of CO2 of what a community imports: `Σ import · grid factor`.
 * @param imports mWh by period
 * @param factors of the same periods, in 10^-18 kg/kWh
 */
export function emissions(imports: readonly bigint[], factors: readonly bigint[]): Ratio {
  const products = imports.map((mwh, period) => mwh * (factors[period] ?? 0n));
  return { numerator: sumOf(products, (product) => product), denominator: MWH_PER_KWH * RATE_UNIT };
}

function sumOf<T>(list: readonly T[], of: (item: T) => bigint): bigint {
  return list.reduce((total, item) => total + of(item), 0n);
}

const largest = (values: readonly bigint[]) => values.reduce((most, value) => (value > most ? value : most), 0n);
