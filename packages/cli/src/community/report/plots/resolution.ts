import { FIGURE_WIDTH, MARGIN_LEFT, textAt } from '../../../figures/canvas.js';
import { grouped, integer, joules, money } from '../numbers.js';
import { boxAt, INK, legendAt, linearAxis, type Plot, placeOn, verticalAxisOf } from './plot.js';

/** The same span at one resolution. */
export interface ResolutionRow {
  /** `1 h`, `15 min`. */
  readonly label: string;
  /** As measured; modelled inside the hour; or the hour's energy split evenly. */
  readonly kind: 'measured' | 'modelled' | 'even';
  readonly periodSeconds: bigint;
  readonly storageBytes: bigint;
  readonly gas: bigint;
  readonly millijoules: bigint;
  /** From when energy is delivered, in the mean, until its seller has the money with twelve confirmations. */
  readonly waitingSeconds: bigint;
  /** All bills. */
  readonly money: bigint;
}

const KIND_COLOURS = { measured: INK.text, modelled: INK.supply, even: INK.own } as const;
const PANEL_WIDTH = 380;
const PANEL_HEIGHT = 150;
const COLUMN = FIGURE_WIDTH / 2;

/** What resolution costs: a panel each for storage, gas, energy, waiting and money. */
export function resolutionPlot(rows: readonly ResolutionRow[], currency: string): Plot {
  const legend = legendAt(
    MARGIN_LEFT,
    16,
    (['measured', 'modelled', 'even'] as const)
      .filter((kind) => rows.some((row) => row.kind === kind))
      .map((kind) => ({ text: KIND_WORDS[kind], colour: KIND_COLOURS[kind] })),
  );
  const panels = panelsOf(currency);
  const top = legend.height + 52;
  const drawn = panels.map((panel, index) =>
    renderPanel(panel, rows, (index % 2) * COLUMN, top + Math.floor(index / 2) * (PANEL_HEIGHT + 84)),
  );
  return {
    title: 'What resolution costs',
    height: top + Math.ceil(panels.length / 2) * (PANEL_HEIGHT + 84) - 20,
    parts: [legend.svg, ...drawn],
  };
}

/** How the periods of a kind came about. */
export const KIND_WORDS = {
  measured: 'as measured',
  modelled: 'modelled inside the hour, its sum kept',
  even: 'split evenly',
} as const;

interface Panel {
  readonly title: string;
  readonly drawn: (row: ResolutionRow) => number;
  readonly text: (row: ResolutionRow) => string;
}

const panelsOf = (currency: string): readonly Panel[] => [
  {
    title: 'bytes of all blocks, MB',
    drawn: (row) => Number(row.storageBytes) / 1e6,
    text: (row) => megabytes(row.storageBytes),
  },
  {
    title: 'gas, millions',
    drawn: (row) => Number(row.gas) / 1e6,
    text: (row) => grouped((Number(row.gas) / 1e6).toFixed(1)),
  },
  {
    title: 'proof of work (modelled), kJ',
    drawn: (row) => Number(row.millijoules) / 1e6,
    text: (row) => joules(row.millijoules),
  },
  {
    title: 'until a seller is paid (modelled), minutes',
    drawn: (row) => Number(row.waitingSeconds) / 60,
    text: (row) => (Number(row.waitingSeconds) / 60).toFixed(1),
  },
  { title: `all bills, ${currency}`, drawn: (row) => Number(row.money) / 1e18, text: (row) => money(row.money, 2) },
];

const megabytes = (bytes: bigint) =>
  bytes < 1_000_000n ? `${integer(bytes / 1000n)} kB` : `${(Number(bytes) / 1e6).toFixed(1)} MB`;

function renderPanel({ title, drawn, text }: Panel, rows: readonly ResolutionRow[], x: number, y: number): string {
  const [left, right] = [x + MARGIN_LEFT, x + MARGIN_LEFT + PANEL_WIDTH];
  const axis = linearAxis(rows.map(drawn), y + PANEL_HEIGHT, y, 4);
  const slot = PANEL_WIDTH / Math.max(1, rows.length);
  const bars = rows.flatMap((row, index) => {
    const [from, to] = [placeOn(axis, 0), placeOn(axis, drawn(row))];
    const middle = left + (index + 0.5) * slot;
    return [
      boxAt(middle - slot * 0.3, Math.min(from, to), slot * 0.6, Math.abs(to - from), KIND_COLOURS[row.kind]),
      textAt(middle, Math.min(from, to) - 4, text(row), { anchor: 'middle', size: 11 }),
      textAt(middle, y + PANEL_HEIGHT + 16, row.label, { anchor: 'middle', size: 12 }),
    ];
  });
  return [verticalAxisOf(axis, left, right, ''), textAt(left, y - 18, title, { bold: true }), ...bars].join('\n');
}
