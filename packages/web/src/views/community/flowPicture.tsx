import { type Community, type Exchange, energyFigures, exchangesOf, type HomeRecord, homesOf } from '@wattchain/market';
import { names } from '../../api/community.js';
import { Energy, Tokens } from '../../components/amounts.js';
import { Empty } from '../../components/basics.js';
import { Who } from '../../components/ids.js';
import { Table } from '../../components/table.js';
import { kwh, tokens } from '../../format.js';
import { type DrawnHouse, flowLayout, treeLayout } from '../../model/flowLayout.js';
import { nameIn } from '../../model/names.js';

/** Above so many the picture would be a tangle; tables say it better. */
const MAX_HOUSES = 10;
const MAX_EXCHANGES = 16;
const MAX_NAME = 20;

/** Who produces, who consumes, energy one way and tokens the other, after the paper's Figure 3. */
export function FlowPicture({ community }: { community: Community }) {
  const homes = homesOf(community);
  if (homes.length === 0) return <Empty>No household has a meter yet.</Empty>;
  const exchanges = exchangesOf(community.flows);
  const isDrawn = homes.length <= MAX_HOUSES && exchanges.length <= MAX_EXCHANGES;
  return (
    <>
      {isDrawn ? <Drawings homes={homes} exchanges={exchanges} /> : <Houses homes={homes} />}
      <Exchanges exchanges={exchanges} />
    </>
  );
}

/** Side by side where there is room, a tree below each seller on a phone; the style sheet shows one of them. */
function Drawings({ homes, exchanges }: { homes: readonly HomeRecord[]; exchanges: readonly Exchange[] }) {
  return (
    <>
      {[flowLayout(homes, exchanges), treeLayout(homes, exchanges)].map(({ width, height, houses, lines }) => (
        <svg
          key={width}
          class={width > 400 ? 'flows flows-wide' : 'flows flows-tall'}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label="Energy flows from producers to consumers, tokens flow back; the table below has the figures."
        >
          {lines.map(({ exchange: { seller, buyer, energyMwh, paid }, ...line }) => (
            <g key={`${seller}${buyer}`}>
              <path class="energy-flow" d={line.energyPath} stroke-width={line.thickness} />
              <path class="arrow-head" d={line.energyHead} />
              <path class="token-flow" d={line.tokenPath} />
              <path class="arrow-token" d={line.tokenHead} />
              <text class="flow-energy" x={line.labelX} y={line.labelY - 8 - line.thickness / 2} text-anchor="end">
                {kwh(energyMwh)}
              </text>
              <text class="flow-token" x={line.labelX} y={line.labelY + 29} text-anchor="end">
                {tokens(paid)}
              </text>
            </g>
          ))}
          {houses.map((house) => (
            <House key={house.key} house={house} />
          ))}
        </svg>
      ))}
    </>
  );
}

function House({ house: { household, x, y, width, height, role } }: { house: DrawnHouse }) {
  const total = energyFigures(household.periods);
  const name = nameIn(names.value, household.owner)?.name ?? 'a household';
  const part = total.missing > 0 ? ', in part' : '';
  const [produced, consumed] =
    total.readings === 0
      ? ['', 'not read yet']
      : [`produced ${kwh(total.producedMwh)}${part}`, `consumed ${kwh(total.consumedMwh)}${part}`];
  const isTall = role === 'seller' && produced !== '';
  return (
    <g class={`house ${role}`} transform={`translate(${x} ${y + height / 2})`}>
      <rect y={-height / 2} width={width} height={height} rx="10" />
      <text class="house-name" x="14" y={isTall ? -14 : -5}>
        {shorten(name, Math.min(MAX_NAME, Math.floor(width / 9)))}
      </text>
      {isTall && (
        <text class="house-figure" x="14" y="7">
          {produced}
        </text>
      )}
      <text class="house-figure" x="14" y={isTall ? 27 : 17}>
        {consumed}
      </text>
    </g>
  );
}

const shorten = (name: string, length: number) => (name.length > length ? `${name.slice(0, length - 1)}…` : name);

/** Every household of a community that is too large to be drawn. */
function Houses({ homes }: { homes: readonly HomeRecord[] }) {
  const columns = [
    { title: `household, ${homes.length} in all` },
    { title: 'produced', isNumber: true, colour: 'energy' },
    { title: 'consumed', isNumber: true },
    { title: 'sold', isNumber: true },
    { title: 'bought', isNumber: true },
  ];
  const rows = homes.map(({ owner, periods }) => {
    const { producedMwh, consumedMwh, soldMwh, boughtMwh, readings, missing } = energyFigures(periods);
    const counted = (mwh: bigint) => (readings === 0 ? '–' : <Energy mwh={mwh} />);
    return {
      key: owner,
      cells: [
        <>
          <Who address={owner} /> {missing > 0 && <small>{readings === 0 ? 'not read yet' : 'read in part'}</small>}
        </>,
        counted(producedMwh),
        counted(consumedMwh),
        <Energy mwh={soldMwh} />,
        <Energy mwh={boughtMwh} />,
      ],
    };
  });
  return <Table label="every household" columns={columns} rows={rows} />;
}

/** More than these are shown when somebody asks. */
const FIRST_EXCHANGES = 12;

function Exchanges({ exchanges }: { exchanges: readonly Exchange[] }) {
  if (exchanges.length === 0) return <Empty>No energy went from neighbour to neighbour.</Empty>;
  const [first, rest] = [exchanges.slice(0, FIRST_EXCHANGES), exchanges.slice(FIRST_EXCHANGES)];
  return (
    <>
      <ExchangeTable exchanges={first} />
      {rest.length > 0 && (
        <details>
          <summary>
            These are the {FIRST_EXCHANGES} largest of {exchanges.length}: show the other {rest.length}
          </summary>
          <ExchangeTable exchanges={rest} />
        </details>
      )}
    </>
  );
}

function ExchangeTable({ exchanges }: { exchanges: readonly Exchange[] }) {
  const columns = [
    { title: 'from' },
    { title: 'to' },
    { title: 'energy', isNumber: true, colour: 'energy' },
    { title: 'for', isNumber: true, colour: 'token' },
  ];
  const rows = exchanges.map(({ seller, buyer, energyMwh, paid }) => ({
    key: `${seller}${buyer}`,
    cells: [<Who address={seller} />, <Who address={buyer} />, <Energy mwh={energyMwh} />, <Tokens units={paid} />],
  }));
  return <Table label="energy from neighbour to neighbour" columns={columns} rows={rows} />;
}
