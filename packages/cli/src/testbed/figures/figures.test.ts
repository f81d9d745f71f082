import { type DaySeries, daySeries, PAPER_PROFILE, PAPER_TABLE, tradesByRule } from '@wattchain/market';
import { describe, expect, test } from 'vitest';
import { FIGURE_WIDTH, scaleFor, yOf } from '../../figures/canvas.js';
import { renderCommunityFigures } from './communityFigures.js';
import { renderPaperFigures } from './paperFigures.js';

const paperSeries = daySeries(PAPER_PROFILE, tradesByRule(PAPER_PROFILE));
const paper = new Map(renderPaperFigures(paperSeries).map(({ name, svg }) => [name, svg]));
const svgOf = (name: string) => paper.get(name) ?? '';

/** Heights of the bars with a hatch, in their order. */
const barHeights = (svg: string, hatch: string) =>
  [...svg.matchAll(new RegExp(`height="([\\d.]+)" fill="url\\(#${hatch}\\)" stroke="[^"]+" stroke-width="1.5"/>`, 'g'))]
    .map(([, height]) => Number(height))
    .filter((height) => height !== 14);

/** A community of so many homes in so many periods; every other home sells to all others. */
function communityOf(homes: number, periods: number): DaySeries {
  const profile = {
    date: undefined,
    periodSeconds: periods === 96 ? 900n : 3_600n,
    periods: Array.from({ length: periods }, (_, period) => {
      const minutes = period * (periods === 96 ? 15 : 60);
      const label = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
      return { start: BigInt(minutes * 60), label };
    }),
    homes: Array.from({ length: homes }, (_, position) => ({
      name: `home <${position}> & "family"`,
      producedMwh: Array.from({ length: periods }, () => (position % 2 === 0 ? 2_000_000n : 0n)),
      consumedMwh: Array.from({ length: periods }, () => 1_000_000n),
    })),
  };
  return daySeries(profile, tradesByRule(profile));
}

describe("the paper's figures", () => {
  test('are four, with titles and units', () => {
    expect([...paper.keys()]).toEqual(['figure-3.svg', 'figure-4.svg', 'figure-5.svg', 'figure-6.svg']);
    for (const name of ['figure-4.svg', 'figure-5.svg', 'figure-6.svg']) {
      expect(svgOf(name)).toContain('energy, kWh per hour');
      for (let hour = 0; hour <= 24; hour += 2) expect(svgOf(name)).toContain(`>${String(hour).padStart(2, '0')}:00<`);
    }
  });

  test.each([
    ['figure-4.svg', 'sold-hatch', PAPER_TABLE.map((row) => row.node2PurchaseMwh + row.node3PurchaseMwh), 4],
    ['figure-5.svg', 'bought-hatch', PAPER_TABLE.map((row) => row.node2PurchaseMwh), 1.5],
    ['figure-6.svg', 'bought-hatch', PAPER_TABLE.map((row) => row.node3PurchaseMwh), 1.2],
  ] as const)("%s draws the table's trades to scale", (name, hatch, energies, topKwh) => {
    const expected = energies.filter((energy) => energy > 0n).map((energy) => (Number(energy) / 1e6 / topKwh) * 300);
    const heights = barHeights(svgOf(name), hatch);
    expect(heights).toHaveLength(expected.length);
    heights.forEach((height, index) => {
      expect(height).toBeCloseTo(expected[index] ?? 0, 0);
    });
  });

  test("say what is the paper's data and what is modelled or assumed", () => {
    expect(svgOf('figure-4.svg')).toContain('production (modelled)');
    expect(svgOf('figure-4.svg')).toContain('consumption (modelled)');
    for (const name of ['figure-5.svg', 'figure-6.svg']) {
      expect(svgOf(name)).toContain('consumption (assumed)');
      expect(svgOf(name)).toContain("(the paper's data, settled on this chain)");
    }
    for (const svg of paper.values()) expect(svg).toContain("The paper's data: ");
  });

  test('Figure 3 shows the energy and the tokens of each node, and what they add up to', () => {
    const texts = [...svgOf('figure-3.svg').matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(texts).toEqual(expect.arrayContaining(['13.625 kWh', '8.957 kWh', '4.668 kWh']));
    expect(texts).toEqual(expect.arrayContaining(['90.833 ENT', '59.714 ENT', '31.119 ENT']));
    expect(texts).toEqual(expect.arrayContaining(['+90.833', '−59.714', '−31.119']));
  });
});

describe('the figures of any community', () => {
  test.each([
    [2, 24],
    [4, 96],
    [32, 24],
  ])('%i homes in %i periods stay inside their figure, names escaped', (homes, periods) => {
    const files = renderCommunityFigures(communityOf(homes, periods), { file: 'a & b.csv', date: '2017-07-04' });
    expect(files).toHaveLength(homes + 1);
    for (const { svg } of files) {
      const height = Number(/viewBox="0 0 960 (\d+)"/.exec(svg)?.[1]);
      for (const [, x, y] of svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"/g)) {
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(x)).toBeLessThanOrEqual(FIGURE_WIDTH);
        expect(Number(y)).toBeGreaterThan(0);
        expect(Number(y)).toBeLessThanOrEqual(height);
      }
      expect(svg).not.toMatch(/NaN|undefined|Infinity|<0>/);
    }
  });

  test('labels of the flows of one side are a line apart', () => {
    const [flows] = renderCommunityFigures(communityOf(32, 24), { file: 'a.csv', date: undefined });
    const tops = [
      ...(flows?.svg ?? '').matchAll(/<text x="([\d.]+)" y="([\d.]+)" text-anchor="end" font-weight="600">home/g),
    ]
      .filter(([, x]) => x === '150.0')
      .map(([, , y]) => Number(y));
    expect(tops).toHaveLength(16);
    tops.slice(1).forEach((top, index) => {
      expect(top - (tops[index] ?? 0)).toBeGreaterThanOrEqual(36);
    });
  });

  test('a day without a trade is drawn too', () => {
    const [flows, home] = renderCommunityFigures(
      { ...communityOf(2, 24), flows: [] },
      { file: 'a.csv', date: undefined },
    );
    expect(flows?.svg).toContain('nothing was traded');
    expect(home?.svg).toContain('production');
  });
});

test('scales end at a round step above the largest value', () => {
  for (const [largest, top] of [
    [0, 1e-6],
    [0.08, 0.08],
    [1.34, 1.5],
    [3.7, 4],
    [97, 100],
  ] as const) {
    const scale = scaleFor(largest, 300, 300);
    expect(scale.top).toBeGreaterThanOrEqual(largest);
    expect(yOf(scale, scale.top)).toBeCloseTo(0);
    if (largest > 0) expect(scale.top).toBeCloseTo(top);
  }
});
