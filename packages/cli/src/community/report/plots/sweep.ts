import type { RuleName } from '@wattchain/market';
import { at, FIGURE_WIDTH, MARGIN_LEFT, textAt } from '../../../figures/canvas.js';
import { drawnMoney } from '../numbers.js';
import {
  legendAt,
  linearAxis,
  lineTicks,
  type Plot,
  placeOn,
  seriesColour,
  seriesStroke,
  verticalAxisOf,
} from './plot.js';

/** One rule's outcome over the seeds of a point: mean and interval, money units. */
export interface SweepRule {
  readonly rule: RuleName;
  readonly mean: bigint;
  readonly low: bigint;
  readonly high: bigint;
}

/** A figure of a community, moved from point to point. */
export interface Sweep {
  /** What is moved: `homes with panels`, `feed-in price`. */
  readonly parameter: string;
  readonly unit: string;
  readonly currency: string;
  /** What is drawn: `all bills`. */
  readonly figure: string;
  /** In their order; values as decimal texts. */
  readonly points: readonly { readonly value: string; readonly rules: readonly SweepRule[] }[];
}

const HEIGHT = 340;
const RIGHT = FIGURE_WIDTH - 40;

/** One figure against another, a line for each rule, with bars for the interval where seeds differ. Equal lines lie on each other. */
export function sweepPlot({ parameter, unit, currency, figure, points }: Sweep): Plot {
  const rules = points[0]?.rules.map(({ rule }) => rule) ?? [];
  const legend = legendAt(
    MARGIN_LEFT,
    16,
    rules.map((rule, index) => ({
      text: rule,
      colour: seriesColour(index),
      shape: 'line',
      stroke: seriesStroke(index),
    })),
  );
  const top = legend.height + 36;
  const y = linearAxis(
    points.flatMap((point) => point.rules.flatMap(({ low, high }) => [drawnMoney(low), drawnMoney(high)])),
    top + HEIGHT,
    top,
  );
  const values = points.map(({ value }) => Number(value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const xOf = (value: number) =>
    high > low ? MARGIN_LEFT + ((value - low) / (high - low)) * (RIGHT - MARGIN_LEFT) : (MARGIN_LEFT + RIGHT) / 2;
  const lines = rules.flatMap((rule, index) => {
    const places = points.flatMap(({ value, rules: all }) => {
      const own = all.find((each) => each.rule === rule);
      return own === undefined ? [] : [{ x: xOf(Number(value)), own }];
    });
    const path = places.map(({ x, own }) => `${at(x)},${at(placeOn(y, drawnMoney(own.mean)))}`).join(' ');
    const bars = places.map(({ x, own }) =>
      own.low === own.high
        ? ''
        : `<path d="M${at(x)} ${at(placeOn(y, drawnMoney(own.low)))}V${at(placeOn(y, drawnMoney(own.high)))}" stroke="${seriesColour(index)}" stroke-width="1.2"/>`,
    );
    return [`<polyline points="${path}" ${seriesStroke(index)}/>`, ...bars];
  });
  return {
    title: `${figure} by ${parameter}`,
    height: y.from + 52,
    parts: [
      legend.svg,
      verticalAxisOf(y, MARGIN_LEFT, RIGHT, `${figure}, ${currency}`),
      lineTicks(
        points.map(({ value }) => ({ x: xOf(Number(value)), text: value })),
        y.from,
      ),
      textAt(RIGHT, y.from + 40, unit === '' ? parameter : `${parameter}, ${unit}`, { anchor: 'end', size: 13 }),
      ...lines,
    ],
  };
}
