import {
  at,
  COLOURS,
  FIGURE_WIDTH,
  figure,
  lineAt,
  MARGIN_LEFT,
  MARGIN_RIGHT,
  roundStep,
  scaleFor,
  textAt,
  verticalAxis,
  yOf,
} from '../../packages/cli/src/figures/canvas.js';
import type { Sample } from './verdict.js';

const PANEL_HEIGHT = 150;
const PANEL_STEP = 215;
const TOP = 90;
/** Of the nodes, in their order: apart for colour-blind eyes (Okabe and Ito). */
const LINES = ['#0072B2', '#D55E00', '#009E73', '#8A8A8A'];
const MB = 1_048_576;
/** Block intervals are means over so many seconds. */
const INTERVAL_S = 120;

interface Panel {
  readonly title: string;
  readonly value: (sample: Sample, own: readonly Sample[], place: number) => number;
}

/** Every panel has a line for each node. */
function panelsFor(blockIntervalMs: number): readonly Panel[] {
  return [
    { title: 'resident memory, MB', value: ({ rssBytes }) => rssBytes / MB },
    { title: 'heap, MB', value: ({ heapBytes }) => heapBytes / MB },
    { title: 'open files and sockets', value: ({ handles }) => handles },
    { title: 'event-loop lag (99th percentile), ms', value: ({ lagMs }) => lagMs },
    { title: 'store, MB', value: ({ storeBytes }) => storeBytes / MB },
    {
      title: `block interval (mean over ${INTERVAL_S / 60} minutes), times the aim`,
      value: ({ seconds, height }, own, place) => {
        let first = place;
        while (first > 0 && (own[first]?.seconds ?? 0) > seconds - INTERVAL_S) first -= 1;
        const before = own[first];
        const blocks = height - (before?.height ?? height);
        const passed = seconds - (before?.seconds ?? seconds);
        return blocks === 0 ? 0 : (1_000 * passed) / blocks / blockIntervalMs;
      },
    },
  ];
}

/** Memory, handles, lag, store and block interval of every node over time, as one SVG. */
export function plotSoak(samples: readonly Sample[], blockIntervalMs: number): string {
  const end = Math.max(1, ...samples.map(({ seconds }) => seconds));
  const nodes = [...new Set(samples.map(({ node }) => node))].sort((a, b) => a - b);
  const x = (seconds: number) => MARGIN_LEFT + (seconds / end) * (FIGURE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT);
  const panels = panelsFor(blockIntervalMs).map(({ title, value }, index) => {
    const baseline = TOP + index * PANEL_STEP + PANEL_HEIGHT;
    const lines = nodes.map((node) => {
      const own = samples.filter((sample) => sample.node === node);
      return own.map((sample, place) => [sample.seconds, value(sample, own, place)] as const);
    });
    const scale = scaleFor(Math.max(1e-6, ...lines.flat().map(([, y]) => y)), baseline, PANEL_HEIGHT);
    const drawn = lines.map((points, i) => {
      const text = points.map(([seconds, y]) => `${at(x(seconds))},${at(yOf(scale, y))}`).join(' ');
      return `<polyline points="${text}" fill="none" stroke="${LINES[(nodes[i] ?? 0) % LINES.length]}" stroke-width="1.2"/>`;
    });
    return [verticalAxis(scale, title), ...drawn, timeAxis(baseline, end, x)].join('\n');
  });
  const legend = nodes.map((node, i) =>
    textAt(MARGIN_LEFT + 90 * i, 54, `node ${node}`, { bold: true, colour: LINES[node % LINES.length] ?? COLOURS.ink }),
  );
  return figure(TOP + panels.length * PANEL_STEP, 'Four nodes with trades, churn and hostile peers', [
    ...legend,
    ...panels,
  ]);
}

function timeAxis(baseline: number, end: number, x: (seconds: number) => number): string {
  const step = roundStep(end / 60 / 8);
  const parts = [];
  for (let minute = 0; minute * 60 <= end; minute += step) {
    parts.push(lineAt(x(minute * 60), baseline, x(minute * 60), baseline + 4, COLOURS.axis));
    parts.push(
      textAt(x(minute * 60), baseline + 18, `${Number(minute.toFixed(2))} min`, { anchor: 'middle', size: 12 }),
    );
  }
  return parts.join('\n');
}
