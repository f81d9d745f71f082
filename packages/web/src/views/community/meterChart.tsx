import { type Community, type CommunityMeter, type Flow, type HomeRecord, homesOf } from '@wattchain/market';
import { clock, names } from '../../api/community.js';
import { Energy } from '../../components/amounts.js';
import { Card, Empty } from '../../components/basics.js';
import { Chart } from '../../components/chart.js';
import type { Series } from '../../components/chartOptions.js';
import { CorrectionList } from '../../components/corrections.js';
import { Table } from '../../components/table.js';
import { kwh, shortAddress, wordText } from '../../format.js';
import { type MeterRow, meterRows, sumOf } from '../../model/meterRows.js';
import { nameIn } from '../../model/names.js';
import { choose, query } from '../../router.js';

/** Up to so many meters have a chart each; of more, one is chosen. */
const MAX_CHARTS = 4;

/** A meter with the home that it is part of. */
interface Panel {
  readonly meter: CommunityMeter;
  readonly home: HomeRecord;
  readonly flows: readonly Flow[];
}

/** The chart of each meter, or of the one that the address names (`?meter=home07`). */
export function MeterCharts({ community }: { community: Community }) {
  const panels = homesOf(community).flatMap((home) =>
    home.meters.map((meter): Panel => ({ meter, home, flows: community.flows })),
  );
  if (panels.length <= MAX_CHARTS) {
    return (
      <>
        {panels.map((panel, index) => (
          <div
            key={panel.meter.meter}
            class={panels.length === 3 ? 'third' : index === panels.length - 1 && index % 2 === 0 ? 'wide' : undefined}
          >
            <MeterChart {...panel} />
          </div>
        ))}
      </>
    );
  }
  const wanted = query.value.get('meter');
  const own = panels.find(({ home }) => nameIn(names.value, home.owner)?.kind === 'you');
  const shown = panels.find(({ meter }) => wordText(meter.meter) === wanted) ?? own ?? panels[0];
  return (
    <>
      <div class="field wide">
        <label for="meter">Meter by hour, one of {panels.length}</label>
        <select
          id="meter"
          value={shown === undefined ? '' : wordText(shown.meter.meter)}
          onChange={(event) => choose({ meter: event.currentTarget.value })}
        >
          {panels.map((panel) => (
            <option key={panel.meter.meter} value={wordText(panel.meter.meter)}>
              {titleOf(panel)}
            </option>
          ))}
        </select>
      </div>
      {shown && (
        <div class="wide">
          <MeterChart {...shown} />
        </div>
      )}
    </>
  );
}

/** `roof-1`, `you (roof-1)`; `garage of roof-1, garage` where a household has more than one. */
function titleOf({ meter: { meter }, home }: Panel): string {
  const label = wordText(meter);
  const name = nameIn(names.value, home.owner)?.name ?? shortAddress(home.owner);
  if (home.meters.length > 1) return `${label}, a meter of ${name}`;
  return name.includes(label) ? name : `${label} of ${name}`;
}

/** Production, consumption and trade by hour at one meter, after the paper's Figures 4 to 6. */
function MeterChart(panel: Panel) {
  const { meter, home, flows } = panel;
  const rows = meterRows(meter, home, flows);
  const [sold, bought] = [sumOf(rows, 'soldMwh'), sumOf(rows, 'boughtMwh')];
  const isSeller = sold > 0n;
  const isAlone = home.meters.length === 1;
  const missing = rows.filter(({ producedMwh }) => producedMwh === undefined).length;
  const words = [
    ...(meter.readings.length > 0
      ? [`produced ${kwh(sumOf(rows, 'producedMwh'))}`, `consumed ${kwh(sumOf(rows, 'consumedMwh'))}`]
      : ['not read yet']),
    ...(isSeller ? [`sold ${kwh(sold)}`] : []),
    ...(bought > 0n || (!isSeller && isAlone) ? [`${isAlone ? '' : 'its household '}bought ${kwh(bought)}`] : []),
  ].join(', ');
  return (
    <Card title={titleOf(panel)} aside={<a href={`/chain/account/${home.owner}`}>its account</a>}>
      <p>
        {words}
        {missing > 0 && meter.readings.length > 0 && (
          <small>
            {' '}
            without {missing} of {rows.length} periods, which nobody has reported
          </small>
        )}
      </p>
      {rows.length === 0 ? (
        <Empty>No readings on this day.</Empty>
      ) : (
        <>
          <DayChart
            title={`${wordText(meter.meter)} in the course of the day: ${words}. Arrow keys step through it.`}
            rows={rows}
          />
          <details>
            <summary>The same as a table</summary>
            <PeriodTable label={`${wordText(meter.meter)} by period`} rows={rows} />
          </details>
          <Corrections meter={meter} />
        </>
      )}
    </Card>
  );
}

/** Periods of which the corrections are listed. */
const MAX_CORRECTED = 8;

/** What readings said before they were corrected, and who signed the change. */
function Corrections({ meter: { readings } }: { meter: CommunityMeter }) {
  const corrected = readings.filter(({ corrections }) => corrections.length > 0);
  if (corrected.length === 0) return null;
  return (
    <>
      <h3>Corrected readings</h3>
      <ul class="rows">
        {corrected.slice(0, MAX_CORRECTED).map(({ start, corrections }) => (
          <li key={start.toString()}>
            <strong>{clock.value.periodText(start)}</strong>
            <CorrectionList corrections={corrections} />
          </li>
        ))}
      </ul>
      {corrected.length > MAX_CORRECTED && (
        <small>
          The first {MAX_CORRECTED} of {corrected.length} periods.
        </small>
      )}
    </>
  );
}

const inKwh = (mwh: bigint | undefined) => (mwh === undefined ? null : Number(mwh) / 1e6);

function DayChart({ title, rows }: { title: string; rows: readonly MeterRow[] }) {
  const { timeText, hoursText, periodSeconds } = clock.value;
  const [first, last] = [rows[0] as MeterRow, rows.at(-1) as MeterRow];
  const lines: Series[] = [
    { label: 'produced', colour: '--energy', as: 'bars', values: rows.map((row) => inKwh(row.producedMwh)) },
    { label: 'consumed', colour: '--consumption', as: 'steps', values: rows.map((row) => inKwh(row.consumedMwh)) },
  ];
  const traded = (label: string, colour: string, dash: number[], of: (row: MeterRow) => bigint): Series => ({
    label,
    colour,
    as: 'steps',
    dash,
    values: rows.map((row) => inKwh(of(row))),
  });
  const [sold, bought] = [sumOf(rows, 'soldMwh'), sumOf(rows, 'boughtMwh')];
  if (sold > 0n) lines.push(traded('sold', '--accent', [5, 4], ({ soldMwh }) => soldMwh));
  if (bought > 0n || sold === 0n) lines.push(traded('bought', '--text', [2, 4], ({ boughtMwh }) => boughtMwh));
  // Hours since the first period, so that a day on which clocks change still rises; the marks are what the clock shows.
  const [hours = 0, minutes = 0] = timeText(first.start).split(':').map(Number);
  const begin = hours + minutes / 60;
  const x = rows.map(({ start }) => begin + Number(start - first.start) / 3600);
  const textAt = (hour: number) => {
    return hoursText((rows[x.indexOf(hour)] ?? last).start);
  };
  return (
    <Chart
      title={title}
      x={x}
      xEnd={(x.at(-1) as number) + Number(periodSeconds) / 3600}
      xText={(hour) => timeText(first.start + BigInt(Math.round((hour - begin) * 3600)))}
      pointText={textAt}
      xSteps={[1, 2, 3, 4, 6, 12]}
      unit="kWh"
      valueText={(value) => `${value.toFixed(3)} kWh`}
      series={lines}
    />
  );
}

function PeriodTable({ label, rows }: { label: string; rows: readonly MeterRow[] }) {
  const { hoursText } = clock.value;
  const columns = [
    { title: 'period' },
    ...['produced', 'consumed', 'sold', 'bought'].map((title) => ({ title, isNumber: true })),
  ];
  const energy = (mwh: bigint | undefined) => (mwh === undefined ? '–' : <Energy mwh={mwh} />);
  return (
    <Table
      label={label}
      columns={columns}
      rows={rows.map(({ start, producedMwh, consumedMwh, soldMwh, boughtMwh }) => ({
        key: start.toString(),
        cells: [hoursText(start), ...[producedMwh, consumedMwh, soldMwh, boughtMwh].map(energy)],
      }))}
    />
  );
}
