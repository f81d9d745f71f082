import { at, FIGURE_WIDTH, lineAt, MARGIN_LEFT, MARGIN_RIGHT, textAt } from '../../../figures/canvas.js';
import type { Bucket } from '../buckets.js';
import { drawnKwh } from '../numbers.js';
import { INK, type LinearAxis, legendAt, linearAxis, type Plot, placeOn, verticalAxisOf } from './plot.js';

const HEIGHT = 260;
const RIGHT = FIGURE_WIDTH - MARGIN_RIGHT;
/** Least distance between two names of days. */
const LABEL_GAP = 92;

/** What the homes lack and have after their own use, and what of it neighbours could trade, over the span. */
export function energyPlot({
  title,
  unit,
  buckets,
}: {
  readonly title: string;
  readonly unit: string;
  readonly buckets: readonly Bucket[];
}): Plot {
  const legend = legendAt(MARGIN_LEFT, 16, [
    { text: 'surplus S', colour: INK.own },
    { text: 'could be traded, min(D, S)', colour: INK.local },
    { text: 'need D', colour: INK.text, shape: 'line' },
  ]);
  const top = legend.height + 34;
  const values = (of: (bucket: Bucket) => bigint) => buckets.map((bucket) => drawnKwh(of(bucket)));
  const [need, surplus, both] = [
    values(({ needMwh }) => needMwh),
    values(({ surplusMwh }) => surplusMwh),
    values(({ tradableMwh }) => tradableMwh),
  ];
  const axis = linearAxis([...need, ...surplus], top + HEIGHT, top);
  const slot = (RIGHT - MARGIN_LEFT) / Math.max(1, buckets.length);
  const steps = (list: readonly number[]) =>
    list.map((value, index) => `V${at(placeOn(axis, value))}H${at(MARGIN_LEFT + (index + 1) * slot)}`).join('');
  const area = (list: readonly number[], colour: string) =>
    `<path d="M${MARGIN_LEFT} ${at(axis.from)}${steps(list)}V${at(axis.from)}Z" fill="${colour}"/>`;
  const first = placeOn(axis, need[0] ?? 0);
  return {
    title,
    height: axis.from + 34,
    parts: [
      legend.svg,
      area(surplus, INK.own),
      area(both, INK.local),
      verticalAxisOf(axis, MARGIN_LEFT, RIGHT, unit),
      `<path d="M${MARGIN_LEFT} ${at(first)}${steps(need)}" fill="none" stroke="${INK.text}" stroke-width="1.8"/>`,
      timeAxis(axis, buckets, slot),
    ],
  };
}

/** Names where a day begins, or a bucket where none does, as far apart as they need. */
function timeAxis(axis: LinearAxis, buckets: readonly Bucket[], slot: number): string {
  let free = Number.NEGATIVE_INFINITY;
  const marks = buckets.flatMap(({ label, date }, index) => {
    const x = MARGIN_LEFT + index * slot;
    const isNewDay = date === undefined || date !== buckets[index - 1]?.date;
    if (!isNewDay || x < free || x + LABEL_GAP > FIGURE_WIDTH) return [];
    free = x + LABEL_GAP;
    const tick = lineAt(x, axis.from, x, axis.from + 6, INK.axis);
    return [`${tick}\n${textAt(x + 3, axis.from + 20, date ?? label, { size: 13 })}`];
  });
  return marks.join('\n');
}
