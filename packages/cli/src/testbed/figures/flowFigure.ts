import { type DaySeries, formatKwh, formatTokensRounded } from '@wattchain/market';
import {
  at,
  COLOURS,
  FIGURE_WIDTH,
  figure,
  lineAt,
  MARGIN_LEFT,
  MARGIN_RIGHT,
  notesAt,
  textAt,
} from '../../figures/canvas.js';

const PANEL_GAP = 40;
const PANEL_WIDTH = (FIGURE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT - PANEL_GAP) / 2;
/** Room for a home's name and amount on either side of a panel. */
const LABEL_WIDTH = 104;
const NODE_WIDTH = 12;
/** Height of all flows together. */
const FLOW_HEIGHT = 210;
/** Least distance between the tops of two homes: two lines of text and air. */
const LEAST_PITCH = 40;
const NODE_GAP = 12;
const PANEL_TOP = 96;
const ROW_HEIGHT = 21;
const MAX_NAME = 14;
/** Flows thinner than this have neither dark edges nor an arrow. */
const THIN_FLOW = 5;
/** Fills of the sellers' flows in turn; their edges tell them apart in grey. */
const SELLER_COLOURS = [
  '#E69F00',
  '#56B4E9',
  '#009E73',
  '#CC79A7',
  '#D55E00',
  '#0072B2',
  '#999999',
  '#F0E442',
] as const;

/** A community's energy and token flows over a day. */
export interface FlowFigure {
  readonly title: string;
  readonly series: DaySeries;
  /** Sentences below the figure. */
  readonly notes: readonly string[];
}

/** Amounts that go from one home to another. */
interface Flow {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

/** One of the two halves of the figure: sellers left, buyers right. */
interface Panel {
  readonly x: number;
  readonly title: string;
  /** Whether flows point from the buyers back to the sellers. */
  readonly isBackwards: boolean;
  readonly flows: readonly Flow[];
  readonly format: (amount: bigint) => string;
  readonly amounts: readonly bigint[];
}

/**
 * Who produced for whom, as SVG: energy from the sellers to the buyers in the left half, Energy Tokens from the buyers to the sellers in
 * the right half, flows as wide as their amounts; below, what the day adds up to for each home.
 */
export function renderFlowFigure({ title, series, notes }: FlowFigure): string {
  const { flows } = series;
  const half = (side: 0 | 1) => MARGIN_LEFT + side * (PANEL_WIDTH + PANEL_GAP);
  const energy = renderPanel(series, {
    x: half(0),
    title: 'energy, kWh: from sellers to buyers',
    isBackwards: false,
    flows: flows.map(({ seller, buyer, energyMwh }) => ({ from: seller, to: buyer, amount: Number(energyMwh) })),
    amounts: flows.map(({ energyMwh }) => energyMwh),
    format: (amount) => `${shortKwh(amount)} kWh`,
  });
  const tokens = renderPanel(series, {
    x: half(1),
    title: 'Energy Tokens, ENT: from buyers to sellers',
    isBackwards: true,
    flows: flows.map(({ seller, buyer, paid }) => ({ from: seller, to: buyer, amount: Number(paid) })),
    amounts: flows.map(({ paid }) => paid),
    format: (amount) => `${formatTokensRounded(amount, 3)} ENT`,
  });
  const tableTop = PANEL_TOP + Math.max(energy.height, tokens.height) + 50;
  const table = renderTotals(series, tableTop);
  const below = notesAt(tableTop + table.height + 26, notes);
  return figure(tableTop + table.height + 26 + below.height, title, [energy.svg, tokens.svg, table.svg, below.svg]);
}

const shortKwh = (energyMwh: bigint) => formatKwh(energyMwh + 500n).slice(0, -3);
const shortName = (name: string) => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name);

/** A home's bar in a panel. */
interface NodeBar {
  readonly position: number;
  readonly y: number;
  readonly height: number;
}

function renderPanel(series: DaySeries, panel: Panel): { svg: string; height: number } {
  const total = panel.flows.reduce((sum, { amount }) => sum + amount, 0);
  const heading = textAt(panel.x, PANEL_TOP - 26, panel.title, { bold: true });
  if (total === 0) return { svg: `${heading}\n${textAt(panel.x, PANEL_TOP + 10, 'nothing was traded')}`, height: 20 };
  const scale = FLOW_HEIGHT / total;
  const sellers = stack(panel.flows, scale, ({ from }) => from);
  const buyers = stack(panel.flows, scale, ({ to }) => to);
  const height = Math.max(sellers.height, buyers.height);
  const [left, right] = [panel.x + LABEL_WIDTH, panel.x + PANEL_WIDTH - LABEL_WIDTH];
  const sellerTop = PANEL_TOP + (height - sellers.height) / 2;
  const buyerTop = PANEL_TOP + (height - buyers.height) / 2;
  const ribbons = renderRibbons(panel, scale, sellers.bars, buyers.bars, [sellerTop, buyerTop], [left, right]);
  const label = (bar: NodeBar, top: number, x: number, anchor: 'start' | 'end', amount: bigint) => {
    const middle = top + bar.y + bar.height / 2;
    return [
      textAt(x, middle - 2, shortName(series.homes[bar.position]?.name ?? ''), { anchor, bold: true }),
      textAt(x, middle + 14, panel.format(amount), { anchor, size: 12 }),
    ].join('\n');
  };
  const sumOf = (isOwn: (flow: Flow) => boolean) =>
    panel.amounts.reduce((sum, amount, index) => (isOwn(panel.flows[index] as Flow) ? sum + amount : sum), 0n);
  const node = (x: number, top: number) => (bar: NodeBar) =>
    `<rect x="${at(x)}" y="${at(top + bar.y)}" width="${NODE_WIDTH}" height="${at(bar.height)}" fill="${COLOURS.axis}"/>`;
  return {
    height,
    svg: [
      heading,
      ...ribbons,
      ...sellers.bars.map(node(left - NODE_WIDTH, sellerTop)),
      ...buyers.bars.map(node(right, buyerTop)),
      ...sellers.bars.map((bar) =>
        label(
          bar,
          sellerTop,
          left - NODE_WIDTH - 6,
          'end',
          sumOf(({ from }) => from === bar.position),
        ),
      ),
      ...buyers.bars.map((bar) =>
        label(
          bar,
          buyerTop,
          right + NODE_WIDTH + 6,
          'start',
          sumOf(({ to }) => to === bar.position),
        ),
      ),
    ].join('\n'),
  };
}

/** Bars of one side, one below the other, far enough apart for their labels. */
function stack(
  flows: readonly Flow[],
  scale: number,
  sideOf: (flow: Flow) => number,
): { bars: readonly NodeBar[]; height: number } {
  const positions = [...new Set(flows.map(sideOf))].sort((a, b) => a - b);
  let next = 0;
  const bars = positions.map((position) => {
    const amount = flows.filter((flow) => sideOf(flow) === position).reduce((sum, flow) => sum + flow.amount, 0);
    const height = Math.max(1, amount * scale);
    const room = Math.max(height + NODE_GAP, LEAST_PITCH);
    const bar = { position, y: next + (room - height) / 2, height };
    next += room;
    return bar;
  });
  return { bars, height: next };
}

function renderRibbons(
  panel: Panel,
  scale: number,
  sellers: readonly NodeBar[],
  buyers: readonly NodeBar[],
  [sellerTop, buyerTop]: readonly [number, number],
  [left, right]: readonly [number, number],
): string[] {
  const usedLeft = new Map<number, number>();
  const usedRight = new Map<number, number>();
  const placeIn = (bars: readonly NodeBar[], used: Map<number, number>, position: number, height: number) => {
    const start = used.get(position) ?? 0;
    used.set(position, start + height);
    return (bars.find((bar) => bar.position === position)?.y ?? 0) + start;
  };
  return panel.flows.map(({ from, to, amount }) => {
    const height = amount * scale;
    const y1 = sellerTop + placeIn(sellers, usedLeft, from, height);
    const y2 = buyerTop + placeIn(buyers, usedRight, to, height);
    const colour = SELLER_COLOURS[sellers.findIndex(({ position }) => position === from) % SELLER_COLOURS.length];
    const middle = (left + right) / 2;
    const path = `M${at(left)} ${at(y1)}C${at(middle)} ${at(y1)} ${at(middle)} ${at(y2)} ${at(right)} ${at(y2)}v${at(height)}C${at(middle)} ${at(y2 + height)} ${at(middle)} ${at(y1 + height)} ${at(left)} ${at(y1 + height)}Z`;
    const isThin = height < THIN_FLOW;
    // Dark edges part wide flows in grey; many thin ones they would hide.
    const edge = isThin ? `stroke="${colour}" stroke-width="0.8"` : `stroke="${COLOURS.axis}" stroke-width="0.6"`;
    const ribbon = `<path d="${path}" fill="${colour}" fill-opacity="0.5" ${edge}/>`;
    return isThin ? ribbon : `${ribbon}\n${arrow(middle, (y1 + y2 + height) / 2, height, panel.isBackwards)}`;
  });
}

/** An arrow head in the middle of a flow. */
function arrow(x: number, y: number, height: number, isBackwards: boolean): string {
  const size = Math.min(10, height / 2);
  const tip = isBackwards ? -size : size;
  return `<path d="M${at(x - tip)} ${at(y - size)}L${at(x + tip)} ${at(y)}L${at(x - tip)} ${at(y + size)}Z" fill="${COLOURS.ink}"/>`;
}

const TABLE_HEADING = [
  'kWh',
  'produced',
  'own use',
  'sold',
  'unsold',
  'bought',
  'from grid',
  'consumed',
  'ENT, net',
] as const;

/** What the day adds up to for each home and for all. */
function renderTotals({ homes, flows }: DaySeries, top: number): { svg: string; height: number } {
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  const rows = homes.map((home, position) => {
    const [produced, consumed, sold, bought] = [
      sum(home.producedMwh),
      sum(home.consumedMwh),
      sum(home.soldMwh),
      sum(home.boughtMwh),
    ];
    const ownUse = sum(
      home.producedMwh.map((energy, period) => {
        const load = home.consumedMwh[period] ?? 0n;
        return energy < load ? energy : load;
      }),
    );
    const earned = sum(flows.filter(({ seller }) => seller === position).map(({ paid }) => paid));
    const spent = sum(flows.filter(({ buyer }) => buyer === position).map(({ paid }) => paid));
    const energies = [produced, ownUse, sold, produced - ownUse - sold, bought, consumed - ownUse - bought, consumed];
    return { name: home.name, energies, tokens: earned - spent };
  });
  const total = {
    name: 'all homes',
    energies: TABLE_HEADING.slice(1, -1).map((_, column) => sum(rows.map(({ energies }) => energies[column] ?? 0n))),
    tokens: sum(rows.map(({ tokens }) => tokens)),
  };
  const width = FIGURE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT;
  const columnRight = (column: number) => MARGIN_LEFT + 110 + ((width - 110) / (TABLE_HEADING.length - 1)) * column;
  const cells = (y: number, texts: readonly string[], bold: boolean) =>
    texts.map((text, column) =>
      column === 0
        ? textAt(MARGIN_LEFT, y, shortName(text), { bold })
        : textAt(columnRight(column), y, text, { anchor: 'end', bold }),
    );
  const texts = ({ name, energies, tokens }: typeof total) => [name, ...energies.map(shortKwh), signed(tokens)];
  const lines = [
    cells(top, TABLE_HEADING, true),
    ...rows.map((row, index) => cells(top + (index + 1) * ROW_HEIGHT, texts(row), false)),
    cells(top + (rows.length + 1) * ROW_HEIGHT + 6, texts(total), true),
  ];
  const rule = (y: number) => lineAt(MARGIN_LEFT, y, FIGURE_WIDTH - MARGIN_RIGHT, y, COLOURS.axis);
  return {
    svg: [rule(top + 6), rule(top + rows.length * ROW_HEIGHT + 9), ...lines.flat()].join('\n'),
    height: (rows.length + 1) * ROW_HEIGHT + 6,
  };
}

function signed(units: bigint): string {
  const text = formatTokensRounded(units < 0n ? -units : units, 3);
  if (units === 0n) return text;
  return units < 0n ? `−${text}` : `+${text}`;
}
