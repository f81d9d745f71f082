import type { Order } from '@wattchain/market';
import { at, FIGURE_WIDTH, MARGIN_LEFT, MARGIN_RIGHT, textAt } from '../../../figures/canvas.js';
import { drawnKwh, drawnPrice } from '../numbers.js';
import {
  dotAt,
  horizontalAxis,
  INK,
  type LegendEntry,
  legendAt,
  linearAxis,
  type Plot,
  placeOn,
  seriesColour,
  verticalAxisOf,
} from './plot.js';

const HEIGHT = 300;
const LEFT = MARGIN_LEFT + 12;
const RIGHT = FIGURE_WIDTH - MARGIN_RIGHT - 200;

/** A period's orders, and the prices that rules make of them. */
export interface Curves {
  readonly title: string;
  readonly currency: string;
  /** Prices in units for 150 Wh. */
  readonly bids: readonly Pick<Order, 'energyMwh' | 'price'>[];
  readonly asks: readonly Pick<Order, 'energyMwh' | 'price'>[];
  /** What was traded in it, mWh, and local prices in the currency per kWh, to be marked there. */
  readonly tradedMwh: bigint;
  readonly prices: readonly { readonly text: string; readonly perKwh: number }[];
}

interface Step {
  readonly from: number;
  readonly to: number;
  readonly price: number;
}

/** Demand from the dearest bid down and supply from the cheapest ask up, which cross where trade ends. */
export function curvesPlot({ title, currency, bids, asks, tradedMwh, prices }: Curves): Plot {
  const entries: LegendEntry[] = [
    { text: 'demand: what buyers would pay at most', colour: INK.supply, shape: 'line' },
    { text: 'supply: what sellers want at least', colour: INK.producer, shape: 'line' },
  ];
  const legend = legendAt(LEFT, 16, entries);
  const top = legend.height + 34;
  const [demand, supply] = [stepsOf(bids, -1), stepsOf(asks, 1)];
  const all = [...demand, ...supply];
  const x = linearAxis(
    all.map(({ to }) => to),
    LEFT,
    RIGHT,
  );
  const y = linearAxis([...all.map(({ price }) => price), ...prices.map(({ perKwh }) => perKwh)], top + HEIGHT, top);
  const path = (steps: readonly Step[], colour: string) => {
    const parts = steps.map(
      ({ from, to, price }) => `L${at(placeOn(x, from))} ${at(placeOn(y, price))}H${at(placeOn(x, to))}`,
    );
    const end = steps.at(-1);
    if (end === undefined) return '';
    return `<path d="${parts.join('').replace('L', 'M')}V${at(y.from)}" fill="none" stroke="${colour}" stroke-width="2.4"/>`;
  };
  const traded = placeOn(x, drawnKwh(tradedMwh));
  return {
    title,
    height: y.from + 50,
    parts: [
      legend.svg,
      verticalAxisOf(y, LEFT, RIGHT, `${currency}/kWh`),
      horizontalAxis(x, top, y.from, 'kWh'),
      path(supply, INK.producer),
      path(demand, INK.supply),
      tradedMwh === 0n
        ? ''
        : `<path d="M${at(traded)} ${at(top)}V${at(y.from)}" stroke="${INK.soft}" stroke-width="1.2" stroke-dasharray="3 3"/>`,
      ...pricesAt(
        marksOf(prices, (perKwh) => placeOn(y, perKwh)),
        traded,
      ),
    ],
  };
}

function stepsOf(orders: Curves['bids'], sign: 1 | -1): Step[] {
  const sorted = [...orders].sort((a, b) => (a.price === b.price ? 0 : a.price < b.price ? -sign : sign));
  let end = 0n;
  return sorted.map(({ energyMwh, price }) => {
    const from = end;
    end += energyMwh;
    return { from: drawnKwh(from), to: drawnKwh(end), price: drawnPrice(price) };
  });
}

const LINE = 17;
/** Characters of a line beside the plot. */
const CHARACTERS = 27;

interface Mark {
  readonly y: number;
  readonly lines: readonly string[];
}

/** Rules of one price under it, in lines. */
function marksOf(prices: Curves['prices'], yOf: (perKwh: number) => number): Mark[] {
  const groups = new Map<string, { perKwh: number; names: string[] }>();
  for (const { text, perKwh } of [...prices].sort((a, b) => b.perKwh - a.perKwh)) {
    const key = perKwh.toFixed(3);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { perKwh, names: [text] });
    else group.names.push(text);
  }
  return [...groups].map(([key, { perKwh, names }]) => {
    const lines = [`${key}:`];
    names.forEach((name, index) => {
      const word = index < names.length - 1 ? `${name},` : name;
      const last = lines.at(-1) ?? '';
      if (last.length + 1 + word.length <= CHARACTERS) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    });
    return { y: yOf(perKwh), lines };
  });
}

/** Points where trade ends, with prices and names in a column to the right, a line apart. */
function pricesAt(marks: readonly Mark[], x: number): string[] {
  let free = Number.NEGATIVE_INFINITY;
  return marks.flatMap(({ y, lines }, index) => {
    const line = Math.max(y, free);
    free = line + lines.length * LINE + 4;
    const colour = seriesColour(index);
    return [
      `<path d="M${at(x)} ${at(y)}L${at(RIGHT + 8)} ${at(line)}" stroke="${colour}" stroke-width="1"/>`,
      dotAt(x, y, colour, 4.5),
      ...lines.map((text, row) => textAt(RIGHT + 12, line + 4.5 + row * LINE, text, { size: 13 })),
    ];
  });
}
