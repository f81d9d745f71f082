import { describe, expect, test } from 'vitest';
import { renderResolutionPage, renderSweepPage } from './plotPages.js';
import { barsPlot } from './plots/bars.js';
import { curvesPlot } from './plots/curves.js';
import { linearAxis, placeOn, svgFile, ticksOf } from './plots/plot.js';
import { type ResolutionRow, resolutionPlot } from './plots/resolution.js';
import { type Sweep, sweepPlot } from './plots/sweep.js';

const UNIT = 10n ** 18n;

const ROWS: readonly ResolutionRow[] = [
  { label: '1 h', kind: 'measured', factor: 1n },
  { label: '15 min', kind: 'modelled', factor: 4n },
  { label: '15 min', kind: 'even', factor: 4n },
].map(({ label, kind, factor }) => ({
  label,
  kind: kind as ResolutionRow['kind'],
  periodSeconds: 3_600n / factor,
  storageBytes: 234_567n * factor,
  gas: 31_234_567n * factor,
  millijoules: 9_234_567n * factor,
  waitingSeconds: 1_800n / factor + 195n,
  money: kind === 'modelled' ? 973n * UNIT : 970n * UNIT,
}));

const SWEEP: Sweep = {
  parameter: 'homes with panels',
  unit: '',
  currency: 'USD',
  figure: 'all bills',
  points: [0, 6, 17].map((homes) => ({
    value: String(homes),
    rules: (['feedIn', 'pool:mmr'] as const).map((rule, index) => {
      const mean = BigInt(1_200 - homes * (20 + 10 * index)) * UNIT;
      return { rule, mean, low: mean - BigInt(index * homes) * UNIT, high: mean + BigInt(index * homes) * UNIT };
    }),
  })),
};

describe('a file of a plot', () => {
  test.each([
    ['resolution', svgFile(resolutionPlot(ROWS, 'USD'))],
    ['sweep', svgFile(sweepPlot(SWEEP))],
    ['no rows', svgFile(resolutionPlot([], 'USD'))],
    ['no points', svgFile(sweepPlot({ ...SWEEP, points: [] }))],
  ])('%s: plain colours that every reader of SVG knows, and nothing that is no number', (_, svg) => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|NaN|undefined|Infinity/);
  });
});

test('resolution: bars are as high as their figures', () => {
  const { parts } = resolutionPlot(ROWS, 'USD');
  const heights = [...parts.join('\n').matchAll(/<rect x="[\d.]+" y="[\d.]+" width="76.0" height="([\d.]+)"/g)].map(
    ([, height]) => Number(height),
  );
  const [hour = 0, quarter = 0] = heights;
  expect(quarter / hour).toBeCloseTo(4, 0);
  const page = renderResolutionPage(ROWS, 'USD', ['Finer steps are modelled.']);
  expect(page).toContain('>124\u202f938\u202f268<');
  expect(page).toContain('>33 min 15 s<');
  expect(page).toContain('Finer steps are modelled.');
});

test('a sweep shows mean and interval where seeds differ', () => {
  const page = renderSweepPage(SWEEP, []);
  expect(page).toContain('>1080.00<');
  expect(page).toContain('>1020.00 [1014.00, 1026.00]<');
});

test('demand falls, supply rises, and prices that are equal share a line', () => {
  const { parts } = curvesPlot({
    title: 'one hour',
    currency: 'USD',
    bids: [
      { energyMwh: 1_000_000n, price: 15n * 10n ** 15n },
      { energyMwh: 1_000_000n, price: 45n * 10n ** 15n },
    ],
    asks: [{ energyMwh: 1_500_000n, price: 30n * 10n ** 15n }],
    tradedMwh: 1_000_000n,
    prices: [
      { text: 'uniform', perKwh: 0.25 },
      { text: 'middle', perKwh: 0.25 },
      { text: 'book', perKwh: 0.2 },
    ],
  });
  const drawn = parts.join('\n');
  const demand =
    [
      ...drawn.matchAll(/<path d="(M[^"]*)" fill="none" stroke="var\(--plot-supply[^"]*" stroke-width="2.4"/g),
    ][0]?.[1] ?? '';
  const heights = [...demand.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights).toHaveLength(2);
  expect(heights[0]).toBeLessThan(heights[1] ?? 0);
  expect(drawn).toContain('0.250: uniform, middle');
  expect(drawn).toContain('0.200: book');
});

describe('an axis', () => {
  test.each([
    [[-4.9, 12.6], -5, 15],
    [[0], 0, 2e-7],
    [[3], 0, 3],
    [[-548.7, 548.7], -600, 600],
  ] as const)('of %j ends at round steps and holds 0', (values, low, high) => {
    const axis = linearAxis(values, 0, 100);
    expect(axis.low).toBeCloseTo(low, 12);
    expect(axis.high).toBeCloseTo(high, 12);
    expect(ticksOf(axis).some(({ value, text }) => value === 0 && /^0(\.0*)?$/.test(text))).toBe(true);
    expect(placeOn(axis, axis.low)).toBe(0);
    expect(placeOn(axis, axis.high)).toBe(100);
  });
});

test('a bar that would leave nothing to see of the others is cut and says so; the others keep their scale', () => {
  const rows = [
    { label: 'homes', parts: [{ value: 10, colour: '#111111' }], text: '10' },
    { label: 'fund', parts: [{ value: -500, colour: '#222222' }], text: '-500' },
  ];
  const widths = (limit?: number) => {
    const text = barsPlot({ title: '', unit: '', rows, ...(limit === undefined ? {} : { limit }) }).parts.join('\n');
    const bars = [...text.matchAll(/<rect [^>]*width="([\d.]+)"[^>]*fill="#(?:1|2){6}"/g)].map(([, width]) =>
      Number(width),
    );
    return { bars, points: [...text.matchAll(/<path d="M[^"]*z" fill="#222222"/g)].length };
  };
  const [whole, cut] = [widths(), widths(20)];
  expect([whole.points, cut.points]).toEqual([0, 1]);
  expect((cut.bars[1] ?? 0) / (cut.bars[0] ?? 1)).toBeCloseTo(2, 1);
  expect((whole.bars[1] ?? 0) / (whole.bars[0] ?? 1)).toBeGreaterThan(40);
});
