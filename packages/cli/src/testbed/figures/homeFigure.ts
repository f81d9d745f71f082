import type { DaySeries, HomeSeries } from '@wattchain/market';
import {
  at,
  COLOURS,
  FIGURE_WIDTH,
  figure,
  lineAt,
  MARGIN_LEFT,
  MARGIN_RIGHT,
  notesAt,
  type Scale,
  scaleFor,
  textAt,
  verticalAxis,
  yOf,
} from '../../figures/canvas.js';

const PLOT_WIDTH = FIGURE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT;
const PLOT_HEIGHT = 300;
const LEGEND_TOP = 56;
const LEGEND_LINE = 21;
const SWATCH_WIDTH = 34;
/** Hours between two figures on the axis. */
const AXIS_HOURS = 2;

/** What the parts of a home's figure are and where they come from; a part without a text is not drawn. */
export interface HomeLegend {
  readonly production?: string;
  readonly consumption: string;
  /** The consumption of the periods in `assumed`, drawn as a dashed line. */
  readonly assumedConsumption?: string;
  readonly sold?: string;
  readonly bought?: string;
}

/** A home's figure. */
export interface HomeFigure {
  readonly title: string;
  readonly home: HomeSeries;
  readonly day: Pick<DaySeries, 'labels' | 'periodSeconds'>;
  readonly legend: HomeLegend;
  /** Periods whose consumption is assumed. */
  readonly assumed?: readonly boolean[];
  /** Sentences below the figure. */
  readonly notes: readonly string[];
}

/** Production, consumption and trade of one home by period, as SVG: areas, a stepped line and hatched bars that also differ in grey. */
export function renderHomeFigure({ title, home, day, legend, assumed = [], notes }: HomeFigure): string {
  const kwh = (values: readonly bigint[]) => values.map((value) => Number(value) / 1e6);
  const [produced, consumed, sold, bought] = [
    kwh(home.producedMwh),
    kwh(home.consumedMwh),
    kwh(home.soldMwh),
    kwh(home.boughtMwh),
  ];
  const entries = legendEntries(legend);
  const plotTop = LEGEND_TOP + entries.length * LEGEND_LINE + 40;
  const scale = scaleFor(Math.max(...produced, ...consumed, ...sold, ...bought), plotTop + PLOT_HEIGHT, PLOT_HEIGHT);
  const slot = PLOT_WIDTH / Math.max(1, day.labels.length);
  const below = notesAt(scale.baseline + 68, notes);
  return figure(scale.baseline + 68 + below.height, title, [
    hatch('sold-hatch', COLOURS.sold, 45),
    hatch('bought-hatch', COLOURS.bought, -45),
    ...entries.map(({ swatch, text }, index) => {
      const y = LEGEND_TOP + index * LEGEND_LINE;
      return `${swatch(MARGIN_LEFT, y)}\n${textAt(MARGIN_LEFT + SWATCH_WIDTH + 10, y + 4.5, text)}`;
    }),
    verticalAxis(
      scale,
      `energy, kWh per ${periodWord(day.periodSeconds)
        .replace(/^an hour$/, 'hour')
        .replace(/^a quarter/, 'quarter')}`,
    ),
    legend.production === undefined ? '' : stepArea(scale, slot, produced),
    legend.sold === undefined ? '' : bars(scale, slot, sold, 'sold-hatch', COLOURS.sold),
    legend.bought === undefined ? '' : bars(scale, slot, bought, 'bought-hatch', COLOURS.bought),
    stepLine(scale, slot, consumed, (period) => assumed[period] !== true, SOLID),
    stepLine(scale, slot, consumed, (period) => assumed[period] === true, DASHED),
    hourAxis(scale, slot, day),
    below.svg,
  ]);
}

interface LegendEntry {
  readonly text: string;
  readonly swatch: (x: number, y: number) => string;
}

function legendEntries(legend: HomeLegend): LegendEntry[] {
  const box = (fill: string, edge: string) => (x: number, y: number) =>
    `<rect x="${at(x)}" y="${at(y - 7)}" width="${SWATCH_WIDTH}" height="14" fill="${fill}" stroke="${edge}" stroke-width="1.5"/>`;
  const stroke = (style: string) => (x: number, y: number) =>
    `<path d="M${at(x)} ${at(y)}h${SWATCH_WIDTH}" fill="none" ${style}/>`;
  const entry = (text: string | undefined, swatch: LegendEntry['swatch']) =>
    text === undefined ? [] : [{ text, swatch }];
  return [
    ...entry(legend.production, box(COLOURS.production, COLOURS.productionEdge)),
    ...entry(legend.consumption, stroke(SOLID)),
    ...entry(legend.assumedConsumption, stroke(DASHED)),
    ...entry(legend.sold, box('url(#sold-hatch)', COLOURS.sold)),
    ...entry(legend.bought, box('url(#bought-hatch)', COLOURS.bought)),
  ];
}

const SOLID = `stroke="${COLOURS.consumption}" stroke-width="3" stroke-linecap="square"`;
const DASHED = `stroke="${COLOURS.consumption}" stroke-width="3" stroke-dasharray="3 4"`;

function hatch(id: string, colour: string, degrees: number): string {
  return `<defs><pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(${degrees})"><rect width="6" height="6" fill="#FFFFFF" fill-opacity="0.75"/><rect width="2.4" height="6" fill="${colour}"/></pattern></defs>`;
}

const xOf = (slot: number, period: number) => MARGIN_LEFT + period * slot;

function stepArea(scale: Scale, slot: number, values: readonly number[]): string {
  const steps = values.map((value, period) => `V${at(yOf(scale, value))}H${at(xOf(slot, period + 1))}`);
  return `<path d="M${at(MARGIN_LEFT)} ${at(scale.baseline)}${steps.join('')}V${at(scale.baseline)}Z" fill="${COLOURS.production}" stroke="${COLOURS.productionEdge}" stroke-width="1.5"/>`;
}

function bars(scale: Scale, slot: number, values: readonly number[], pattern: string, edge: string): string {
  const inset = slot * 0.2;
  const rects = values.map((value, period) => {
    if (value === 0) return '';
    const y = yOf(scale, value);
    return `<rect x="${at(xOf(slot, period) + inset)}" y="${at(y)}" width="${at(slot - 2 * inset)}" height="${at(scale.baseline - y)}" fill="url(#${pattern})" stroke="${edge}" stroke-width="1.5"/>`;
  });
  return rects.filter((rect) => rect !== '').join('\n');
}

/** The steps of the periods that are chosen; a riser belongs to the period that it leads to. */
function stepLine(
  scale: Scale,
  slot: number,
  values: readonly number[],
  isChosen: (period: number) => boolean,
  style: string,
): string {
  const path = values.map((value, period) => {
    if (!isChosen(period)) return '';
    const before = values[period - 1];
    const from = yOf(scale, before ?? value);
    return `M${at(xOf(slot, period))} ${at(from)}V${at(yOf(scale, value))}H${at(xOf(slot, period + 1))}`;
  });
  return path.some((part) => part !== '') ? `<path d="${path.join('')}" fill="none" ${style}/>` : '';
}

const PERIOD_WORDS: Readonly<Record<number, string>> = {
  3600: 'an hour',
  1800: 'half an hour',
  900: 'a quarter of an hour',
};
const periodWord = (seconds: bigint) => PERIOD_WORDS[Number(seconds)] ?? `a period of ${seconds} s`;

function hourAxis(scale: Scale, slot: number, { labels, periodSeconds }: HomeFigure['day']): string {
  const anHour = Math.max(1, Math.round(3_600 / Number(periodSeconds)));
  const every = AXIS_HOURS * anHour;
  const boundaries = [...labels, endLabel(labels, periodSeconds)];
  const ticks = boundaries.flatMap((label, period) => {
    const x = xOf(slot, period);
    if (period % anHour !== 0) return [];
    const tick = lineAt(x, scale.baseline, x, scale.baseline + 5, COLOURS.axis);
    return period % every === 0 ? [tick, textAt(x, scale.baseline + 21, label, { anchor: 'middle' })] : [tick];
  });
  const title = `local time; each step is ${periodWord(periodSeconds)}`;
  return [...ticks, textAt(MARGIN_LEFT + PLOT_WIDTH / 2, scale.baseline + 42, title, { anchor: 'middle' })].join('\n');
}

/** When the last period ends: `24:00` at the end of a day. */
function endLabel(labels: readonly string[], periodSeconds: bigint): string {
  const [hours = 0, minutes = 0] = (labels.at(-1) ?? '').split(':').map(Number);
  const end = hours * 60 + minutes + Number(periodSeconds) / 60;
  return `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`;
}
