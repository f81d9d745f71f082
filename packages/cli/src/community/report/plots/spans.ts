import { textAt } from '../../../figures/canvas.js';
import { BARS_LEFT, BARS_RIGHT, ROW } from './bars.js';
import { boxAt, dotAt, horizontalAxis, INK, legendAt, linearAxis, type Plot, placeOn, ringAt } from './plot.js';

/** What a neighbour's kilowatt-hour costs and brings under a rule; `undefined` where nothing was traded. */
export interface PriceRow {
  readonly label: string;
  readonly text: string;
  readonly prices: { readonly paid: number; readonly got: number } | undefined;
}

/** Local prices of the rules between what the supplier gives and what it takes, whose ranges over the span are shaded. */
export function pricesPlot({
  title,
  unit,
  rows,
  tariff,
  feedIn,
}: {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly PriceRow[];
  readonly tariff: readonly [number, number];
  readonly feedIn: readonly [number, number];
}): Plot {
  const legend = legendAt(BARS_LEFT, 16, [
    { text: 'a buyer pays', colour: INK.supply },
    { text: 'a seller gets', colour: INK.producer, shape: 'ring' },
    { text: 'shaded: feed-in price and tariff', colour: INK.band },
  ]);
  const top = legend.height + 8;
  const bottom = top + rows.length * ROW + 4;
  const values = rows.flatMap(({ prices }) => (prices === undefined ? [] : [prices.paid, prices.got]));
  const axis = linearAxis([...values, ...tariff, ...feedIn], BARS_LEFT, BARS_RIGHT);
  const shade = ([low, high]: readonly [number, number]) =>
    boxAt(placeOn(axis, low) - 2, top, placeOn(axis, high) - placeOn(axis, low) + 4, bottom - top, INK.band);
  const drawn = rows.flatMap(({ label, text, prices }, index) => {
    const y = top + index * ROW + 14;
    const points =
      prices === undefined
        ? []
        : [
            ringAt(placeOn(axis, prices.got), y, INK.producer, 6.5),
            dotAt(placeOn(axis, prices.paid), y, INK.supply, 3.5),
          ];
    return [textAt(BARS_LEFT - 10, y + 5, label, { anchor: 'end' }), ...points, textAt(BARS_RIGHT + 10, y + 5, text)];
  });
  return {
    title,
    height: bottom + 46,
    parts: [legend.svg, shade(feedIn), shade(tariff), horizontalAxis(axis, top, bottom, unit), ...drawn],
  };
}
