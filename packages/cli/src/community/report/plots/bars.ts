import { at, FIGURE_WIDTH, lineAt, textAt } from '../../../figures/canvas.js';
import { boxAt, horizontalAxis, INK, type LegendEntry, legendAt, linearAxis, type Plot, placeOn } from './plot.js';

/** A part of a bar; parts above 0 follow each other to the right, parts below 0 to the left. */
export interface BarPart {
  readonly value: number;
  readonly colour: string;
}

/** A row: its name, its parts, and its figure at the end. */
export interface BarRow {
  readonly label: string;
  /** `undefined` for a row that has no value. */
  readonly parts: readonly BarPart[] | undefined;
  readonly text: string;
}

/** Horizontal bars, a row each. */
export interface Bars {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly BarRow[];
  readonly legend?: readonly LegendEntry[];
  /** Beyond it, and its negative, bars are cut and end in a point. */
  readonly limit?: number;
  /** Lines across all rows. */
  readonly marks?: readonly { readonly value: number; readonly text: string }[];
}

/** Where bars begin and end; names stand before them, figures after them. */
export const BARS_LEFT = 244;
export const BARS_RIGHT = FIGURE_WIDTH - 116;
/** Height of a row. */
export const ROW = 27;
const BAR = 17;
/** Length of the point at the end of a bar that is cut: within what is between bars and texts. */
const CUT = 8;

/** Bars of rules or of anything else that has a long name. */
export function barsPlot({ title, unit, rows, legend = [], limit = Number.POSITIVE_INFINITY, marks = [] }: Bars): Plot {
  const shown = legendAt(BARS_LEFT, 16, legend);
  const marksTop = 8 + (legend.length === 0 ? 0 : shown.height);
  const top = marksTop + marks.length * 18 + 4;
  const bottom = top + rows.length * ROW + 4;
  const cut = (value: number) => Math.max(-limit, Math.min(limit, value));
  const ends = rows.flatMap(({ parts = [] }) => [cut(sumOf(parts, 1)), cut(sumOf(parts, -1))]);
  const axis = linearAxis([...ends, ...marks.map(({ value }) => value)], BARS_LEFT, BARS_RIGHT);
  const drawn = rows.flatMap(({ label, parts, text }, index) => {
    const y = top + index * ROW + 5;
    return [
      textAt(BARS_LEFT - 10, y + 13, label, { anchor: 'end' }),
      ...barParts(parts ?? [], y, (value) => placeOn(axis, cut(value))),
      ...cutMarks(parts ?? [], y, limit, (value) => placeOn(axis, value)),
      textAt(BARS_RIGHT + 10, y + 13, text),
    ];
  });
  const lines = marks.map(({ value, text }, index) => {
    const x = placeOn(axis, value);
    const y = marksTop + index * 18 + 9;
    const isRight = x > (BARS_LEFT + BARS_RIGHT) / 2;
    const dashed = `<path d="M${at(x)} ${at(y - 8)}V${at(bottom)}" stroke="${INK.text}" stroke-width="1.5" stroke-dasharray="4 3"/>`;
    return `${dashed}\n${textAt(x + (isRight ? -6 : 6), y, text, { size: 13, anchor: isRight ? 'end' : 'start' })}`;
  });
  return {
    title,
    height: bottom + 46,
    parts: [legend.length === 0 ? '' : shown.svg, horizontalAxis(axis, top, bottom, unit), ...drawn, ...lines],
  };
}

const sumOf = (parts: readonly BarPart[], sign: 1 | -1) =>
  parts.reduce((sum, { value }) => (value * sign > 0 ? sum + value : sum), 0);

/** Points at the ends of bars that go on. */
function cutMarks(parts: readonly BarPart[], y: number, limit: number, place: (value: number) => number): string[] {
  return ([1, -1] as const).flatMap((sign) => {
    if (sumOf(parts, sign) * sign <= limit) return [];
    const colour = parts.findLast(({ value }) => value * sign > 0)?.colour ?? INK.axis;
    return [
      `<path d="M${at(place(limit * sign))} ${at(y)}l${CUT * sign} ${BAR / 2}l${-CUT * sign} ${BAR / 2}z" fill="${colour}"/>`,
    ];
  });
}

function barParts(parts: readonly BarPart[], y: number, place: (value: number) => number): string[] {
  const ends = { right: 0, left: 0 };
  const boxes = parts.map(({ value, colour }) => {
    const side = value < 0 ? 'left' : 'right';
    const from = ends[side];
    ends[side] = from + value;
    const [x1, x2] = [place(from), place(from + value)];
    return value === 0 ? '' : boxAt(Math.min(x1, x2), y, Math.abs(x2 - x1), BAR, colour);
  });
  return boxes.every((box) => box === '') && parts.length > 0
    ? [lineAt(place(0), y, place(0), y + BAR, parts[0]?.colour ?? INK.axis)]
    : boxes;
}
