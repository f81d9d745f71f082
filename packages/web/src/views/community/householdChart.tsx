import { clock, names } from '../../api/community.js';
import { Card, Empty } from '../../components/basics.js';
import { Chart } from '../../components/chart.js';
import type { Series } from '../../components/chartOptions.js';
import { kwh, shortAddress, wordText } from '../../format.js';
import { type Household, type MeterPeriod, totalsOf } from '../../model/community.js';
import { nameIn } from '../../model/names.js';

const inKwh = (mwh: bigint) => Number(mwh) / 1e6;

/** Production, consumption and purchases of one household by hour, after the paper's Figures 4 to 6. */
export function HouseholdChart({ household }: { household: Household }) {
  const { periods, owner } = household;
  const meter = wordText(household.meter);
  const total = totalsOf(periods);
  const isSeller = total.soldMwh > 0n;
  const words = [
    `produced ${kwh(total.producedMwh)}`,
    `consumed ${kwh(total.consumedMwh)}`,
    ...(isSeller ? [`sold ${kwh(total.soldMwh)}`] : []),
    ...(total.boughtMwh > 0n || !isSeller ? [`bought ${kwh(total.boughtMwh)}`] : []),
  ].join(', ');
  const name = nameIn(names.value, owner)?.name ?? shortAddress(owner);
  return (
    <Card
      title={name.includes(meter) ? name : `${meter} of ${name}`}
      aside={<a href={`/chain/account/${owner}`}>its account</a>}
    >
      <p>{words}</p>
      {periods.length === 0 ? (
        <Empty>No readings on this day.</Empty>
      ) : (
        <>
          <DayChart
            title={`${meter} in the course of the day: ${words}. Arrow keys step through it.`}
            household={household}
          />
          <details>
            <summary>The same as a table</summary>
            <PeriodTable periods={periods} />
          </details>
        </>
      )}
    </Card>
  );
}

function DayChart({ title, household: { periods } }: { title: string; household: Household }) {
  const total = totalsOf(periods);
  const last = periods.at(-1) as MeterPeriod;
  const series: Series[] = [
    { label: 'produced', colour: '--energy', as: 'bars', values: periods.map((each) => inKwh(each.producedMwh)) },
    { label: 'consumed', colour: '--consumption', as: 'steps', values: periods.map((each) => inKwh(each.consumedMwh)) },
  ];
  const traded = (label: string, of: (period: MeterPeriod) => bigint): Series => ({
    label,
    colour: '--accent',
    as: 'steps',
    dash: [5, 4],
    values: periods.map((each) => inKwh(of(each))),
  });
  if (total.soldMwh > 0n) series.push(traded('sold', ({ soldMwh }) => soldMwh));
  if (total.boughtMwh > 0n || total.soldMwh === 0n) series.push(traded('bought', ({ boughtMwh }) => boughtMwh));
  const first = periods[0] as MeterPeriod;
  // Hours since the first period, so that a day on which clocks change still rises.
  const x = periods.map(({ start }) => clock.value.hour(first.start) + Number(start - first.start) / 3600);
  const textAt = (hour: number) => {
    const { start, seconds } = periods[x.indexOf(hour)] ?? last;
    return `${clock.value.timeText(start)} to ${clock.value.timeText(start + seconds)}`;
  };
  return (
    <Chart
      title={title}
      x={x}
      xEnd={(x.at(-1) as number) + Number(last.seconds) / 3600}
      xText={(hour) => `${hour % 24}:00`}
      pointText={textAt}
      xSteps={[1, 2, 3, 4, 6, 12]}
      unit="kWh"
      valueText={(value) => `${value.toFixed(2)} kWh`}
      series={series}
    />
  );
}

function PeriodTable({ periods }: { periods: readonly MeterPeriod[] }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>from</th>
            <th class="number">produced</th>
            <th class="number">consumed</th>
            <th class="number">sold</th>
            <th class="number">bought</th>
          </tr>
        </thead>
        <tbody>
          {periods.map(({ start, producedMwh, consumedMwh, soldMwh, boughtMwh }) => (
            <tr key={start.toString()}>
              <td>{clock.value.timeText(start)}</td>
              <td class="number">{kwh(producedMwh)}</td>
              <td class="number">{kwh(consumedMwh)}</td>
              <td class="number">{kwh(soldMwh)}</td>
              <td class="number">{kwh(boughtMwh)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
