import {
  curveOf,
  type LocalEnergy,
  type LocalMarket,
  type LocalPeriod,
  type LocalTotals,
  type LocalTrades,
  localTotals,
  meteredOrders,
  poolTrades,
  tariffAt,
} from '@wattchain/market';
import { clock, description } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { type MarketTerms, readMarket, readMarketTerms } from '../../api/localMarket.js';
import { useLive } from '../../api/useLive.js';
import { Energy } from '../../components/amounts.js';
import { Await, Card, Empty, Figure } from '../../components/basics.js';
import { Chart } from '../../components/chart.js';
import type { Series } from '../../components/chartOptions.js';
import { Who } from '../../components/ids.js';
import { Table } from '../../components/table.js';
import { money } from '../../format.js';
import { drawnCurves } from '../../model/localCurves.js';
import { choose, query } from '../../router.js';

/** `/community` of a network that was made for a community's market: a period's curves, its prices, who has what, bills so far (`?period=1498892400`). */
export function LocalMarketView({ name, title }: { name: string; title: string }) {
  const terms = useLive(() => readMarketTerms(name), [name]);
  return (
    <Await of={terms} lines={12}>
      {(value) => <Market market={readMarket(value.first)} terms={value} title={title} />}
    </Await>
  );
}

interface MarketProps {
  readonly market: LocalMarket;
  readonly terms: MarketTerms;
}

/** What is known of a period's trades between neighbours, and of prices. */
interface PeriodView {
  readonly period: LocalPeriod;
  readonly trades: readonly LocalTrades[] | undefined;
  readonly totals: LocalTotals | undefined;
}

function Market({ market, terms, title }: MarketProps & { title: string }) {
  const { periods, settledUntil } = market;
  const { dayText, hoursText, momentText, sentence } = clock.value;
  const wanted = query.value.get('period') ?? '';
  const period = periods.find(({ start }) => start.toString() === wanted) ?? newestOf(market);
  if (period === undefined) return <NothingYet members={market.members.length} />;
  const trades =
    period.trades ?? (terms.pool && poolTrades(market, period, tariffAt(market, period.start), terms.pool));
  const shown = { period, trades, totals: trades && localTotals(trades) };
  return (
    <>
      <h1>
        {hoursText(period.start)} on {dayText(period.start)}
      </h1>
      <p class="lead">
        The market is a {title} of {market.members.length} homes.{' '}
        {settledUntil === undefined ? 'Nothing is settled yet.' : `Settled up to ${momentText(settledUntil)}.`}{' '}
        <small>{ledger.value?.isComplete ? sentence : 'Reading the history: the figures are not whole yet.'}</small>
      </p>
      <Card
        title="Supply and demand"
        wide
        aside={
          <div class="choices">
            <select
              aria-label="period"
              value={wanted}
              onChange={(event) => choose({ period: event.currentTarget.value })}
            >
              <option value="">the newest period</option>
              {periods.map(({ start }) => (
                <option key={start.toString()} value={start.toString()}>
                  {dayText(start)}, {hoursText(start)}
                </option>
              ))}
            </select>
          </div>
        }
      >
        <Prices market={market} terms={terms} shown={shown} />
        <Curves market={market} terms={terms} shown={shown} />
      </Card>
      <Card title="Who has what" wide>
        <Homes market={market} terms={terms} shown={shown} />
      </Card>
      {description.value.name !== undefined && <p class="lead">{description.value.name}.</p>}
    </>
  );
}

/** The newest period that is metered or cleared, else the first that somebody has ordered for. */
function newestOf({ periods }: LocalMarket): LocalPeriod | undefined {
  const isKnown = ({ trades, energies }: LocalPeriod) =>
    trades !== undefined || energies.some((energy) => energy !== undefined);
  return periods.findLast(isKnown) ?? periods.at(0);
}

function NothingYet({ members }: { members: number }) {
  return (
    <>
      <h1>Your community</h1>
      <Card title="Supply and demand" wide>
        <Empty>
          {members === 0
            ? 'No home has joined the market yet. Its first curves appear with the first orders or readings.'
            : `${members} homes have joined the market. Its first curves appear with the first orders or readings.`}
        </Empty>
      </Card>
      {description.value.name !== undefined && <p class="lead">{description.value.name}.</p>}
    </>
  );
}

type PartProps = MarketProps & { readonly shown: PeriodView };

function Prices({ market, terms: { currency }, shown: { period, totals } }: PartProps) {
  const tariff = tariffAt(market, period.start);
  const perUnit = (units: bigint | undefined) => (units === undefined ? '–' : money(units, currency));
  const ofTariff = (price: bigint | undefined) => perUnit(price === undefined ? undefined : (price * 20n) / 3n);
  const isOnePrice = totals?.buyersPay === totals?.sellersGet;
  return (
    <div class="figures">
      <Figure
        value={
          totals === undefined ? (
            '–'
          ) : (
            <span class="energy">
              <Energy mwh={totals.tradedMwh} />
            </span>
          )
        }
        label="between neighbours"
      />
      <Figure
        value={perUnit(totals?.buyersPay)}
        label={isOnePrice ? 'clearing price of a kWh' : 'buyers pay for a kWh'}
      />
      {!isOnePrice && <Figure value={perUnit(totals?.sellersGet)} label="sellers get for a kWh" />}
      <Figure value={ofTariff(tariff?.tariff)} label="from the grid" />
      <Figure value={ofTariff(tariff?.feedIn)} label="into the grid" />
    </div>
  );
}

function Curves({ market, terms, shown: { period, totals } }: PartProps) {
  const hasOrders = period.orders.length > 0;
  const orders = hasOrders ? period.orders : meteredOrders(period, tariffAt(market, period.start));
  const price = totals?.buyersPay;
  const traded = totals === undefined || price === undefined ? undefined : { energyMwh: totals.tradedMwh, price };
  const [demand, supply] = [curveOf(orders, 'bid'), curveOf(orders, 'ask')];
  const drawn = drawnCurves(demand, supply, traded);
  if (drawn.x.length === 0) return <Empty>Nobody needs or has anything in this period, as far as it is known.</Empty>;
  const series: Series[] = [
    { label: 'demand', colour: '--consumption', as: 'steps', values: drawn.demand },
    { label: 'supply', colour: '--energy', as: 'steps', values: drawn.supply },
    ...(traded === undefined
      ? []
      : [{ label: 'price paid', colour: '--accent', as: 'steps', dash: [5, 4], values: drawn.local } as const]),
  ];
  const inKwh = (wattHours: number) => (wattHours / 1_000).toLocaleString('en', { maximumFractionDigits: 3 });
  return (
    <>
      <Chart
        title={`Demand and supply of ${clock.value.periodText(period.start)}, price over energy`}
        x={drawn.x}
        xEnd={drawn.xEnd}
        xText={(wattHours) => `${inKwh(wattHours)} kWh`}
        pointText={(wattHours) => `at ${inKwh(wattHours)} kWh`}
        noneText="none"
        restsAtFirst
        xSteps={AXIS_STEPS}
        unit={`${terms.currency}/kWh`}
        valueText={(value) => `${value.toFixed(4)} ${terms.currency}/kWh`}
        tickText={(value) => value.toFixed(2)}
        series={series}
        height={260}
      />
      {!hasOrders && (
        <p class="note">
          Nobody orders in this market: a need counts at the price of the grid, a surplus at that into the grid.
        </p>
      )}
    </>
  );
}

/** Watt-hours between marks of the axis: from a house's hour to a village's. */
const AXIS_STEPS = [1, 3, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

function Homes({ market, terms: { currency }, shown: { period, trades } }: PartProps) {
  const columns = [
    { title: 'home' },
    ...['needs', 'has left', 'bought', 'sold', 'paid neighbours', 'got from them', 'bill so far'].map((title) => ({
      title,
      isNumber: true,
    })),
  ];
  const energy = (mwh: bigint | undefined) => (mwh === undefined ? '–' : mwh === 0n ? '0' : <Energy mwh={mwh} />);
  const amount = (units: bigint | undefined) =>
    units === undefined ? '–' : units === 0n ? '0' : <data value={units.toString()}>{money(units, currency)}</data>;
  const rows = market.members.map(({ owner, billed }, place) => {
    const known = metered(period, place) ?? ordered(period, place);
    const trade = trades?.[place];
    return {
      key: owner,
      cells: [
        <Who key={owner} address={owner} />,
        energy(known?.needMwh),
        energy(known?.surplusMwh),
        energy(trade?.boughtMwh),
        energy(trade?.soldMwh),
        amount(trade?.paidToNeighbours),
        amount(trade?.gotFromNeighbours),
        amount(market.settledUntil === undefined ? undefined : billed),
      ],
    };
  });
  const isMetered = period.energies.some((one) => one !== undefined);
  return (
    <>
      <Table label="homes" columns={columns} rows={rows} />
      <small>
        {isMetered ? 'Needs and surpluses as metered.' : 'Needs and surpluses as ordered: no meter has reported yet.'} A
        bill below 0 is paid out; it is of all periods that are settled, with what the grid takes and gives.
      </small>
    </>
  );
}

const metered = ({ energies }: LocalPeriod, place: number): LocalEnergy | undefined => energies[place];

/** What a home has said that it needs and has, before its meter does. */
function ordered({ orders }: LocalPeriod, place: number): LocalEnergy | undefined {
  const own = orders.filter(({ member }) => member === place);
  if (own.length === 0) return undefined;
  const sum = (side: 'bid' | 'ask') =>
    own.filter((order) => order.side === side).reduce((total, { energyMwh }) => total + energyMwh, 0n);
  return { needMwh: sum('bid'), surplusMwh: sum('ask') };
}
