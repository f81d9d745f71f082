import type { CurvePoint, DifficultyReport, ScenarioReport } from './measureDifficulty.js';
import type { DifficultyScenario } from './scenarios.js';

const WIDTH = 1000;
const PANEL = { width: 420, height: 190 } as const;
const LEFT = 62;
const TOP = 100;
/** From one panel's left or upper edge to the next one's. */
const COLUMN = 490;
const ROW = 284;
/** What the vertical axis shows, in units of the interval that is aimed at; logarithmic. */
const [LOWEST, HIGHEST] = [0.03, 30];
const TICKS = [0.1, 1, 10];
const X_STEP = 50;
/** A shaded strip of fewer pixels has its text along it. */
const NARROW = 100;

/** Colours that stay apart in print and for colour-blind eyes (Okabe and Ito). */
const COLOURS = {
  average: '#0072B2',
  expected: '#D55E00',
  blocks: '#8A8A8A',
  aim: '#222222',
  grid: '#DDDDDD',
  away: '#EFE9DC',
};

const fixed = (value: number) => value.toFixed(1);

/** A panel's place and its horizontal range. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly from: number;
  readonly to: number;
}

const xOf = (frame: Frame, at: number) => frame.left + ((at - frame.from) / (frame.to - frame.from)) * PANEL.width;
const yOf = (frame: Frame, value: number) => {
  const clipped = Math.min(HIGHEST, Math.max(LOWEST, value));
  return frame.top + (Math.log(HIGHEST / clipped) / Math.log(HIGHEST / LOWEST)) * PANEL.height;
};
const pointOf = (frame: Frame, at: number, value: number) => `${fixed(xOf(frame, at))},${fixed(yOf(frame, value))}`;

/** Block interval against time in every scenario that has a picture, as one SVG. Numbers are only drawn here. */
export function renderDifficulty(report: DifficultyReport): string {
  const drawn = report.scenarios.filter(({ curve }) => curve.length > 0);
  const panels = drawn.map((scenario, index) => {
    const frame = { ...placeOf(index), from: scenario.curve[0]?.at ?? 0, to: scenario.curve.at(-1)?.at ?? 0 };
    return [renderPanel(scenario, frame, `panel-${index}`), renderLabels(report, frame)].join('\n');
  });
  const height = TOP + Math.ceil((drawn.length + 1) / 2) * ROW - 20;
  const halfLife = report.halfLifeMs / report.blockIntervalMs;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222222">
<rect width="${WIDTH}" height="${height}" fill="#FFFFFF"/>
<text x="${LEFT}" y="30" font-size="18" font-weight="600">Block interval when the hash power changes</text>
<text x="${LEFT}" y="52">Simulated under the difficulty rule: ASERT, half-life ${halfLife} intervals; a block counts at most 10 intervals of time.</text>
${panels.join('\n')}
${renderLegend(report, placeOf(drawn.length))}
</svg>
`;
}

const placeOf = (index: number) => ({ left: LEFT + (index % 2) * COLUMN, top: TOP + Math.floor(index / 2) * ROW });

function renderPanel({ scenario, curve, sample }: ScenarioReport, frame: Frame, clip: string): string {
  const right = frame.left + PANEL.width;
  const average = curve.filter(({ expected }) => expected !== undefined);
  const edge = (pick: (point: CurvePoint) => number) => average.map((point) => pointOf(frame, point.at, pick(point)));
  const band = [...edge((point) => point.movingAverage.p10), ...edge((point) => point.movingAverage.p90).reverse()];
  const dots = sample
    .filter(({ wait }) => wait >= LOWEST && wait <= HIGHEST)
    .map(({ at, wait }) => `<circle cx="${fixed(xOf(frame, at))}" cy="${fixed(yOf(frame, wait))}" r="1.5"/>`);
  const line = (points: readonly string[], style: string) =>
    `<polyline points="${points.join(' ')}" fill="none" ${style}/>`;
  const aim = fixed(yOf(frame, 1));
  return [
    `<text x="${frame.left}" y="${frame.top - 9}" font-weight="600">${scenario.what}</text>`,
    `<clipPath id="${clip}"><rect x="${frame.left}" y="${frame.top}" width="${PANEL.width}" height="${PANEL.height}"/></clipPath>`,
    renderAway(scenario, frame),
    renderAxes(frame, scenario.phases.length > 0 || scenario.clocks !== undefined),
    `<g clip-path="url(#${clip})">`,
    `<g fill="${COLOURS.blocks}">${dots.join('')}</g>`,
    `<polygon points="${band.join(' ')}" fill="${COLOURS.average}" fill-opacity="0.22"/>`,
    line(
      edge((point) => point.movingAverage.median),
      `stroke="${COLOURS.average}" stroke-width="2"`,
    ),
    line(
      edge((point) => point.expected ?? 1),
      `stroke="${COLOURS.expected}" stroke-width="1.6" stroke-dasharray="5 3"`,
    ),
    `</g>`,
    `<line x1="${frame.left}" x2="${right}" y1="${aim}" y2="${aim}" stroke="${COLOURS.aim}" stroke-width="1"/>`,
  ].join('\n');
}

/** Shades the time in which less than usual, or nobody, mines. */
function renderAway(scenario: DifficultyScenario, frame: Frame): string {
  const away = awayOf(scenario);
  if (away === undefined) return '';
  const { text, to } = away;
  const from = Math.max(frame.from, away.from);
  const [x, width] = [xOf(frame, from), xOf(frame, to) - xOf(frame, from)];
  return [
    `<rect x="${fixed(x)}" y="${frame.top}" width="${fixed(width)}" height="${PANEL.height}" fill="${COLOURS.away}"/>`,
    // A narrow strip has no room for a line of text across.
    width < NARROW
      ? `<text transform="translate(${fixed(x + width / 2 + 4)},${frame.top + PANEL.height * 0.75}) rotate(-90)" text-anchor="middle">${text}</text>`
      : `<text x="${fixed(x + 8)}" y="${frame.top + 20}">${text}</text>`,
  ].join('\n');
}

function awayOf({ phases, heldUntil }: DifficultyScenario): { from: number; to: number; text: string } | undefined {
  if (heldUntil !== undefined) return { from: 0, to: heldUntil, text: 'the newest block is from the future' };
  const [away, back] = phases;
  if (away === undefined || back === undefined) return undefined;
  return { from: away.from, to: back.from, text: away.factor === 0 ? 'nobody mines' : 'half of it is away' };
}

function renderAxes(frame: Frame, hasChange: boolean): string {
  const parts: string[] = [];
  const [right, bottom] = [frame.left + PANEL.width, frame.top + PANEL.height];
  for (const tick of TICKS) {
    const y = fixed(yOf(frame, tick));
    parts.push(`<line x1="${frame.left}" x2="${right}" y1="${y}" y2="${y}" stroke="${COLOURS.grid}"/>`);
    parts.push(`<text x="${frame.left - 8}" y="${y}" text-anchor="end" dy="0.35em">${tick}</text>`);
  }
  for (let at = Math.ceil(frame.from / X_STEP) * X_STEP; at <= frame.to; at += X_STEP) {
    const x = fixed(xOf(frame, at));
    parts.push(`<line x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}" stroke="${COLOURS.aim}"/>`);
    if (at % (2 * X_STEP) === 0) {
      parts.push(`<text x="${x}" y="${bottom + 20}" text-anchor="middle">${String(at).replace('-', '−')}</text>`);
    }
  }
  if (hasChange) {
    const zero = fixed(xOf(frame, 0));
    parts.push(
      `<line x1="${zero}" x2="${zero}" y1="${frame.top}" y2="${bottom}" stroke="${COLOURS.aim}" stroke-dasharray="2 3"/>`,
    );
  }
  parts.push(
    `<rect x="${frame.left}" y="${frame.top}" width="${PANEL.width}" height="${PANEL.height}" fill="none" stroke="${COLOURS.aim}"/>`,
  );
  return parts.join('\n');
}

/** What the axes show, with units. */
function renderLabels({ blockIntervalMs }: DifficultyReport, frame: Frame): string {
  const aim = `${blockIntervalMs / 1000} s`;
  const [x, y] = [frame.left + PANEL.width / 2, frame.top + PANEL.height / 2];
  return [
    `<text x="${x}" y="${frame.top + PANEL.height + 38}" text-anchor="middle">time, in intervals of ${aim}</text>`,
    `<text transform="translate(${frame.left - 42},${y}) rotate(-90)" text-anchor="middle">block interval ÷ ${aim}</text>`,
  ].join('\n');
}

function renderLegend(report: DifficultyReport, { left, top }: { left: number; top: number }): string {
  const entries = [
    [`<line x1="0" x2="30" y1="0" y2="0" stroke="${COLOURS.aim}"/>`, `the aim: ${report.blockIntervalMs / 1000} s`],
    [
      `<g fill="${COLOURS.blocks}"><circle cx="6" cy="3" r="1.5"/><circle cx="15" cy="-4" r="1.5"/><circle cx="24" cy="1" r="1.5"/></g>`,
      'single blocks of one run',
    ],
    [
      `<line x1="0" x2="30" y1="0" y2="0" stroke="${COLOURS.average}" stroke-width="2"/>`,
      `mean of the last 12 blocks, median of ${report.runs} runs`,
    ],
    [
      `<rect x="0" y="-7" width="30" height="14" fill="${COLOURS.average}" fill-opacity="0.22"/>`,
      'the same, eight of ten runs',
    ],
    [
      `<line x1="0" x2="30" y1="0" y2="0" stroke="${COLOURS.expected}" stroke-width="1.6" stroke-dasharray="5 3"/>`,
      'expected of the next block: tries ÷ hash power',
    ],
  ];
  return [
    ...entries.map(
      ([mark, text], index) =>
        `<g transform="translate(${left},${top + 14 + index * 26})">${mark}<text x="42" y="0" dy="0.35em">${text}</text></g>`,
    ),
    `<text x="${left}" y="${top + 160}">Solve times are exponential, seed ${report.seed}.</text>`,
    `<text x="${left}" y="${top + 180}">Blocks that took less than ${LOWEST} intervals are not drawn.</text>`,
  ].join('\n');
}
