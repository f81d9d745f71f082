import type { CurveStep } from '@wattchain/market';

/** Two curves over one axis of energy, for drawing; prices in currency for a kilowatt-hour. */
export interface DrawnCurves {
  /** Where steps begin, watt-hours, rising from 0. */
  readonly x: readonly number[];
  /** Where the longer curve ends. */
  readonly xEnd: number;
  /** From each x on, and at the end of a curve; `null` beyond it. */
  readonly demand: readonly (number | null)[];
  readonly supply: readonly (number | null)[];
  /** Of an amount of energy that is traded, up to which a price holds. */
  readonly local: readonly (number | null)[];
}

const MWH_PER_WH = 1_000n;
/** From money units for 150 Wh to currency for a kilowatt-hour. */
export const perKwh = (price: bigint): number => (Number(price) * 20) / 3 / 1e18;

/**
 * Puts demand and supply on one axis.
 * @param traded what is traded, mWh, and its mean price in money units for a kilowatt-hour, if anything is
 */
export function drawnCurves(
  demand: readonly CurveStep[],
  supply: readonly CurveStep[],
  traded: { readonly energyMwh: bigint; readonly price: bigint } | undefined,
): DrawnCurves {
  const cut = traded === undefined ? [] : [traded.energyMwh];
  const ends = [...demand, ...supply].map(({ untilMwh }) => untilMwh);
  const last = [...ends, ...cut].reduce((most, mwh) => (mwh > most ? mwh : most), 0n);
  const starts = [...new Set([0n, ...ends, ...cut])].filter((mwh) => mwh < last).sort((a, b) => (a < b ? -1 : 1));
  const at = (curve: readonly CurveStep[], start: bigint) => {
    // The end of a curve is a point of it: a step is drawn from one point to the next.
    const step = curve.find(({ untilMwh }) => untilMwh > start) ?? curve.findLast(({ untilMwh }) => untilMwh === start);
    return step === undefined ? null : perKwh(step.price);
  };
  return {
    x: starts.map(inWh),
    xEnd: inWh(last),
    demand: starts.map((start) => at(demand, start)),
    supply: starts.map((start) => at(supply, start)),
    local: starts.map((start) =>
      traded === undefined || start > traded.energyMwh ? null : Number(traded.price) / 1e18,
    ),
  };
}

const inWh = (mwh: bigint) => Number(mwh) / Number(MWH_PER_WH);
