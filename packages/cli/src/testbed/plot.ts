import type { DayRow } from './result.js';

const WIDTH = 960;
const PANEL_HEIGHT = 240;
const LEFT = 64;
const RIGHT = 24;
const TOP = 56;
const GAP = 72;
const SLOT = (WIDTH - LEFT - RIGHT) / 24;

/** Colours that stay apart in print and for colour-blind eyes (Okabe and Ito). */
const COLOURS = { node1: '#E69F00', node2: '#0072B2', node3: '#009E73', axis: '#444444', grid: '#DDDDDD' } as const;

/** A vertical scale from 0 to `top`. */
interface Scale {
  readonly top: number;
  readonly step: number;
  readonly baseline: number;
}

const yOf = (scale: Scale, value: number) => scale.baseline - (value / scale.top) * PANEL_HEIGHT;
const fixed = (value: number) => value.toFixed(1);

function axis(scale: Scale, title: string): string {
  const parts = [`<text x="${LEFT}" y="${scale.baseline - PANEL_HEIGHT - 12}" font-weight="600">${title}</text>`];
  for (let value = 0; value <= scale.top + scale.step / 1000; value += scale.step) {
    const y = fixed(yOf(scale, value));
    parts.push(`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="${COLOURS.grid}"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${y}" text-anchor="end" dy="0.35em">${Number(value.toFixed(2))}</text>`);
  }
  for (let hour = 0; hour < 24; hour += 2) {
    parts.push(
      `<text x="${fixed(LEFT + (hour + 0.5) * SLOT)}" y="${scale.baseline + 18}" text-anchor="middle">${hour}:00</text>`,
    );
  }
  parts.push(
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${scale.baseline}" y2="${scale.baseline}" stroke="${COLOURS.axis}"/>`,
  );
  return parts.join('\n');
}

function bar(scale: Scale, hour: number, lane: number, value: number, colour: string): string {
  if (value === 0) return '';
  const width = SLOT / 4;
  const x = LEFT + hour * SLOT + width * (lane + 0.5);
  const y = yOf(scale, value);
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width - 1)}" height="${fixed(scale.baseline - y)}" fill="${colour}"/>`;
}

function line(scale: Scale, values: readonly number[], colour: string): string {
  const points = values.map((value, hour) => `${fixed(LEFT + (hour + 0.5) * SLOT)},${fixed(yOf(scale, value))}`);
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"/>`;
}

function legend(y: number, entries: readonly (readonly [string, string])[]): string {
  return entries
    .map(([text, colour], index) => {
      const x = LEFT + 300 + index * 200;
      return `<rect x="${x}" y="${y - 10}" width="12" height="12" fill="${colour}"/><text x="${x + 18}" y="${y}">${text}</text>`;
    })
    .join('\n');
}

/** Room for the largest value on a scale of round steps. */
function scaleFor(values: readonly number[], step: number, baseline: number): Scale {
  return { top: Math.max(step, Math.ceil(Math.max(...values) / step) * step), step, baseline };
}

/** The day as one SVG picture: energy by hour above, token balances below. Numbers are only drawn here, so floats do. */
export function renderPlot(rows: readonly DayRow[]): string {
  const column = (name: Exclude<keyof DayRow, 'hour' | 'unsoldKwh'>) => rows.map((row) => Number(row[name].measured));
  const [surplus, buys2, buys3] = [column('surplusKwh'), column('node2Kwh'), column('node3Kwh')];
  const balances = [column('node1Tokens'), column('node2Tokens'), column('node3Tokens')] as const;
  const energy = scaleFor(surplus, 0.5, TOP + PANEL_HEIGHT);
  const tokens = scaleFor(balances.flat(), 50, TOP + 2 * PANEL_HEIGHT + GAP);
  const height = tokens.baseline + 40;
  const bars = rows.flatMap((_, hour) => [
    bar(energy, hour, 0, surplus[hour] ?? 0, COLOURS.node1),
    bar(energy, hour, 1, buys2[hour] ?? 0, COLOURS.node2),
    bar(energy, hour, 2, buys3[hour] ?? 0, COLOURS.node3),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222222">
<rect width="${WIDTH}" height="${height}" fill="#FFFFFF"/>
<text x="${LEFT}" y="22" font-size="17" font-weight="600">4 July on the testbed: energy and Energy Tokens hour by hour</text>
${axis(energy, 'energy, kWh per hour')}
${legend(TOP - 12, [
  ['surplus of node 1', COLOURS.node1],
  ['bought by node 2', COLOURS.node2],
  ['bought by node 3', COLOURS.node3],
])}
${bars.filter((text) => text !== '').join('\n')}
${axis(tokens, 'balance, ENT (1 ENT = 150 Wh)')}
${legend(tokens.baseline - PANEL_HEIGHT - 12, [
  ['node 1', COLOURS.node1],
  ['node 2', COLOURS.node2],
  ['node 3', COLOURS.node3],
])}
${line(tokens, balances[0], COLOURS.node1)}
${line(tokens, balances[1], COLOURS.node2)}
${line(tokens, balances[2], COLOURS.node3)}
</svg>
`;
}
