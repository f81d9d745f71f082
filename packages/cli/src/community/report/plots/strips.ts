import { at, textAt } from '../../../figures/canvas.js';
import { BARS_LEFT, BARS_RIGHT } from './bars.js';
import { dotAt, horizontalAxis, INK, legendAt, linearAxis, type Plot, placeOn, ringAt } from './plot.js';

/** A row of points: one for each home. */
export interface StripRow {
  readonly label: string;
  readonly text: string;
  readonly points: readonly { readonly value: number; readonly isProducer: boolean }[];
}

const ROW = 34;
/** Lanes over which points that fall on each other are spread. */
const LANES = [0, -7, 7] as const;
const CLOSE = 8;

/** Where each home stands under each rule, one row a rule: producers as full points, the others as rings; a thin line for the span. */
export function stripPlot({
  title,
  unit,
  rows,
}: {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly StripRow[];
}): Plot {
  const legend = legendAt(BARS_LEFT, 16, [
    { text: 'home that produces', colour: INK.producer },
    { text: 'home that does not', colour: INK.consumer, shape: 'ring' },
    { text: 'left of 0: pays more than without a market', colour: INK.bad, shape: 'line' },
  ]);
  const top = legend.height + 8;
  const bottom = top + rows.length * ROW + 4;
  const axis = linearAxis(
    rows.flatMap(({ points }) => points.map(({ value }) => value)),
    BARS_LEFT,
    BARS_RIGHT,
    8,
  );
  const zero = placeOn(axis, 0);
  const losing =
    axis.low < 0
      ? `<rect x="${at(axis.from)}" y="${at(top)}" width="${at(zero - axis.from)}" height="${at(bottom - top)}" fill="${INK.bad}" fill-opacity="0.09"/>`
      : '';
  const drawn = rows.flatMap(({ label, text, points }, index) => {
    const y = top + index * ROW + ROW / 2 + 2;
    return [
      textAt(BARS_LEFT - 10, y + 5, label, { anchor: 'end' }),
      ...strip(points, y, (value) => placeOn(axis, value)),
      textAt(BARS_RIGHT + 10, y + 5, text),
    ];
  });
  return {
    title,
    height: bottom + 46,
    parts: [legend.svg, losing, horizontalAxis(axis, top, bottom, unit), ...drawn],
  };
}

function strip(points: StripRow['points'], y: number, place: (value: number) => number): string[] {
  const sorted = points.map(({ value, isProducer }) => ({ x: place(value), isProducer })).sort((a, b) => a.x - b.x);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const span = `<path d="M${at(first.x)} ${at(y)}H${at(last.x)}" stroke="${INK.soft}" stroke-width="1.2"/>`;
  let [before, lane] = [Number.NEGATIVE_INFINITY, 0];
  const dots = sorted.map(({ x, isProducer }) => {
    lane = x - before < CLOSE ? (lane + 1) % LANES.length : 0;
    before = x;
    const height = y + (LANES[lane] ?? 0);
    return isProducer ? dotAt(x, height, INK.producer) : ringAt(x, height, INK.consumer);
  });
  return [span, ...dots];
}
