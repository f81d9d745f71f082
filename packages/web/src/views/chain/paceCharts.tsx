import { Card, Empty } from '../../components/basics.js';
import { Chart } from '../../components/chart.js';
import { count, interval, magnitude } from '../../format.js';
import type { Pace } from '../../model/pace.js';

const tick = (value: number) => magnitude(value).replace('.0', '');

/** Interval, difficulty and hash rate over the last blocks. */
export function PaceCharts({ pace, aimMs, most }: { pace: readonly Pace[]; aimMs: number | undefined; most: number }) {
  const heights = pace.map(({ height }) => height);
  const about = `of the last ${count(Math.min(most, Math.max(1, pace.length)))} blocks. Arrow keys step through it.`;
  const common = {
    x: heights,
    xText: (height: number) => count(height),
    pointText: (height: number) => `block ${count(height)}`,
    height: 170,
  };
  const charts = [
    {
      title: 'Time between blocks',
      chart: (
        <Chart
          {...common}
          title={`Time between blocks ${about}`}
          unit="seconds"
          valueText={(value) => interval(value * 1000)}
          series={[
            {
              label: 'interval',
              colour: '--consumption',
              as: 'bars',
              values: pace.map((each) => each.intervalMs / 1000),
            },
            ...(aimMs === undefined
              ? []
              : [
                  {
                    label: 'aim',
                    colour: '--soft',
                    as: 'line' as const,
                    dash: [5, 4],
                    values: pace.map(() => aimMs / 1000),
                  },
                ]),
          ]}
        />
      ),
    },
    {
      title: 'Difficulty',
      chart: (
        <Chart
          {...common}
          title={`Difficulty ${about}`}
          unit="tries for a block"
          valueText={(value) => `${magnitude(value)} tries`}
          tickText={tick}
          series={[{ label: 'expected', colour: '--accent', as: 'line', values: pace.map((each) => each.difficulty) }]}
        />
      ),
    },
    {
      title: 'Hash rate',
      chart: (
        <Chart
          {...common}
          title={`Hash rate ${about}`}
          unit="tries a second"
          valueText={(value) => `${magnitude(value)}H/s`}
          tickText={tick}
          series={[
            { label: 'all miners', colour: '--energy', as: 'line', values: pace.map((each) => each.hashesPerSecond) },
          ]}
        />
      ),
    },
  ];
  return (
    <>
      {charts.map(({ title, chart }) => (
        <div key={title} class="third">
          <Card title={title}>{pace.length === 0 ? <Empty>Drawn from the second block on.</Empty> : chart}</Card>
        </div>
      ))}
    </>
  );
}
