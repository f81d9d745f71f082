import {
  at,
  digitsOfStep,
  FIGURE_WIDTH,
  figure,
  lineAt,
  MARGIN_LEFT,
  roundStep,
  type TextStyle,
  textAt,
} from '../../../figures/canvas.js';
import { Html, html } from '../html.js';
import { drawnKwh, grouped } from '../numbers.js';

/** A drawing with a title. Its colours are those of the page around it; {@link svgFile} makes a file of it that stands alone. */
export interface Plot {
  readonly title: string;
  readonly height: number;
  readonly parts: readonly string[];
}

/**
 * Colours of plots: variables of the page, which follow its light and dark, with what holds where there is none. They stay apart for
 * colour-blind eyes (after Okabe and Ito) and, from light to dark, in grey.
 */
export const INK = {
  text: 'var(--plot-text, #222222)',
  soft: 'var(--plot-soft, #5A5A5A)',
  axis: 'var(--plot-axis, #444444)',
  grid: 'var(--plot-grid, #DDDDDD)',
  ground: 'var(--plot-ground, #FFFFFF)',
  own: 'var(--plot-own, #F0B429)',
  local: 'var(--plot-local, #009E73)',
  supply: 'var(--plot-supply, #1F5A8A)',
  bad: 'var(--plot-bad, #C1440E)',
  producer: 'var(--plot-producer, #B36B00)',
  consumer: 'var(--plot-consumer, #1F5A8A)',
  fund: 'var(--plot-fund, #9AA5A0)',
  band: 'var(--plot-band, #EFEFEF)',
} as const;

/** Colours of lines that stand for rules, used in turn; every other round of them is dashed. */
const SERIES = [
  'var(--plot-series-1, #1F5A8A)',
  'var(--plot-series-2, #C1440E)',
  'var(--plot-series-3, #00785A)',
  'var(--plot-series-4, #8A4F9E)',
  'var(--plot-series-5, #A86700)',
  'var(--plot-series-6, #4D4D4D)',
] as const;

/** Stroke of the line of a series by its position. */
export function seriesStroke(position: number): string {
  const dash =
    ['', ' stroke-dasharray="7 4"', ' stroke-dasharray="2 3"'][Math.floor(position / SERIES.length) % 3] ?? '';
  return `stroke="${seriesColour(position)}" stroke-width="2.2" fill="none"${dash}`;
}

/** Colour of a series by its position. */
export const seriesColour = (position: number): string => SERIES[position % SERIES.length] ?? SERIES[0];

/** The drawing inside a page. */
export function inlineSvg({ title, height, parts }: Plot): Html {
  const drawn = new Html(parts.filter((part) => part !== '').join('\n'));
  return html`<svg class="plot" role="img" aria-label="${title}" viewBox="0 0 ${FIGURE_WIDTH} ${Math.ceil(height)}" font-size="14" fill="${INK.text}">
${drawn}
</svg>`;
}

/** The drawing as a figure of a page: its title above, and a table of the same figures below. */
export const plotFigure = (plot: Plot, table: Html, note?: string): Html =>
  html`<figure>
<figcaption>${plot.title}</figcaption>
${inlineSvg(plot)}
${note === undefined ? undefined : html`<p class="note">${note}</p>\n`}${table}</figure>
`;

const TITLE_HEIGHT = 44;

/** The drawing as an SVG file: white ground, the title in it, plain colours, which every program that reads SVG understands. */
export function svgFile({ title, height, parts }: Plot): string {
  const drawn = `<g transform="translate(0 ${TITLE_HEIGHT})">\n${parts.filter((part) => part !== '').join('\n')}\n</g>`;
  return figure(height + TITLE_HEIGHT, title, [drawn]).replace(/var\(--[\w-]+, (#[0-9A-F]{6})\)/g, '$1');
}

/** A straight scale in round steps that holds 0. `from` is where `low` is drawn, `to` where `high` is. */
export interface LinearAxis {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly from: number;
  readonly to: number;
}

/** An axis with room for the values and for 0. */
export function linearAxis(values: Iterable<number>, from: number, to: number, steps = 6): LinearAxis {
  let [low, high] = [0, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const step = roundStep(Math.max(high - low, 1e-6) / steps);
  const outer = { low: Math.floor(low / step + 1e-9) * step, high: Math.ceil(high / step - 1e-9) * step };
  return { low: outer.low, high: outer.high > outer.low ? outer.high : step, step, from, to };
}

/** Where a value stands. */
export const placeOn = ({ low, high, from, to }: LinearAxis, value: number) =>
  from + ((value - low) / (high - low)) * (to - from);

/** The values at which an axis is marked, with their texts. */
export function ticksOf({ low, high, step }: LinearAxis): { readonly value: number; readonly text: string }[] {
  const digits = digitsOfStep(step);
  const [first, last] = [Math.round(low / step), Math.round(high / step)];
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const value = (first + index) * step;
    return { value, text: grouped(value.toFixed(digits).replace(/^-(?=0(?:\.0*)?$)/, '')) };
  });
}

/** Lines and figures of a horizontal axis under rows that begin at `top` and end at `bottom`. */
export function horizontalAxis(axis: LinearAxis, top: number, bottom: number, unit: string): string {
  const marks = ticksOf(axis).map(({ value, text }) => {
    const x = placeOn(axis, value);
    return `${lineAt(x, top, x, bottom, value === 0 ? INK.axis : INK.grid)}\n${textAt(x, bottom + 18, text, { anchor: 'middle', size: 13 })}`;
  });
  return [...marks, textAt(axis.to, bottom + 36, unit, { anchor: 'end', size: 13, colour: INK.soft })].join('\n');
}

/** Lines and figures of a vertical axis beside a plot from `left` to `right`; its title stands above it. */
export function verticalAxisOf(axis: LinearAxis, left: number, right: number, title: string): string {
  const marks = ticksOf(axis).map(({ value, text }) => {
    const y = placeOn(axis, value);
    return `${lineAt(left, y, right, y, value === 0 ? INK.axis : INK.grid)}\n${textAt(left - 8, y + 4.5, text, { anchor: 'end', size: 13 })}`;
  });
  return [...marks, textAt(Math.min(left, MARGIN_LEFT), axis.to - 14, title, { size: 13, colour: INK.soft })].join(
    '\n',
  );
}

/** A filled box. */
export const boxAt = (x: number, y: number, width: number, height: number, colour: string): string =>
  `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(0, width))}" height="${at(Math.max(0, height))}" fill="${colour}"/>`;

/** An entry of a legend: what is drawn like this, and what it is called. */
export interface LegendEntry {
  readonly text: string;
  readonly colour: string;
  readonly shape?: 'box' | 'ring' | 'line';
  /** Strokes of a line in the place of its colour. */
  readonly stroke?: string;
}

/** How energy is drawn by where it comes from. */
export const ENERGY_SOURCES: readonly LegendEntry[] = [
  { text: 'own roof', colour: INK.own },
  { text: 'neighbours', colour: INK.local },
  { text: 'grid', colour: INK.supply },
];

/** Energies by where they come from as parts of a bar, in the order of {@link ENERGY_SOURCES}. */
export const energyParts = ({
  ownUseMwh,
  boughtMwh,
  importedMwh,
}: {
  readonly ownUseMwh: bigint;
  readonly boughtMwh: bigint;
  readonly importedMwh: bigint;
}) =>
  [ownUseMwh, boughtMwh, importedMwh].map((energy, index) => ({
    value: drawnKwh(energy),
    colour: ENERGY_SOURCES[index]?.colour ?? INK.text,
  }));

/** Average width of a character at 14 pixels, and what a legend's swatch takes. */
const CHARACTER = 7.4;
const SWATCH = 24;

/** A legend in lines as wide as the figure, with the height that it takes. */
export function legendAt(
  x: number,
  y: number,
  entries: readonly LegendEntry[],
  style: TextStyle = {},
): { svg: string; height: number } {
  const LINE = 22;
  let [left, line] = [x, 0];
  const drawn = entries.map((entry) => {
    const width = SWATCH + entry.text.length * CHARACTER + 22;
    if (left > x && left + width > FIGURE_WIDTH) [left, line] = [x, line + 1];
    const svg = `${swatch(left, y + line * LINE - 5, entry)}\n${textAt(left + SWATCH, y + line * LINE, entry.text, style)}`;
    left += width;
    return svg;
  });
  return { svg: drawn.join('\n'), height: (line + 1) * LINE };
}

function swatch(x: number, middle: number, { colour, shape = 'box', stroke }: LegendEntry): string {
  if (shape === 'line')
    return `<path d="M${at(x)} ${at(middle)}h18" ${stroke ?? `stroke="${colour}" stroke-width="2.2"`}/>`;
  if (shape === 'ring') return ringAt(x + 8, middle, colour);
  return boxAt(x, middle - 6, 16, 12, colour);
}

/** A full point. */
export const dotAt = (x: number, y: number, colour: string, radius = 4.5) =>
  `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" fill="${colour}" fill-opacity="0.85"/>`;
/** An open point. */
export const ringAt = (x: number, y: number, colour: string, radius = 4.5) =>
  `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" fill="${INK.ground}" fill-opacity="0.6" stroke="${colour}" stroke-width="1.8"/>`;

/** Marks of an axis at places of their own, as far as their texts have room. */
export function lineTicks(marks: readonly { readonly x: number; readonly text: string }[], baseline: number): string {
  let free = Number.NEGATIVE_INFINITY;
  const drawn = marks.map(({ x, text }) => {
    const tick = lineAt(x, baseline, x, baseline + 5, INK.axis);
    if (x < free) return tick;
    free = x + text.length * CHARACTER + 10;
    return `${tick}\n${textAt(x, baseline + 20, text, { anchor: 'middle', size: 13 })}`;
  });
  return drawn.join('\n');
}
