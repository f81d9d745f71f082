import type { Address } from 'viem';
import { names } from '../../api/community.js';
import { Empty } from '../../components/basics.js';
import { Who } from '../../components/ids.js';
import { kwh, tokens } from '../../format.js';
import { type Exchange, exchangesOf, type Flow, type Household, totalsOf } from '../../model/community.js';
import { type DrawnHouse, flowLayout, treeLayout } from '../../model/flowLayout.js';
import { nameIn } from '../../model/names.js';

/** Above so many the picture would be a tangle; tables say it better. */
const MAX_HOUSES = 10;
const MAX_EXCHANGES = 16;

/** Who produces, who consumes, energy one way and tokens the other, after the paper's Figure 3. */
export function FlowPicture({ households, flows }: { households: readonly Household[]; flows: readonly Flow[] }) {
  if (households.length === 0) return <Empty>No household has a meter yet.</Empty>;
  const exchanges = exchangesOf(flows);
  const isDrawn = households.length <= MAX_HOUSES && exchanges.length <= MAX_EXCHANGES;
  return (
    <>
      {isDrawn ? <Drawings households={households} exchanges={exchanges} /> : <Houses households={households} />}
      <Exchanges exchanges={exchanges} />
    </>
  );
}

/** Side by side where there is room, a tree below each seller on a phone; the style sheet shows one of them. */
function Drawings({ households, exchanges }: { households: readonly Household[]; exchanges: readonly Exchange[] }) {
  return (
    <>
      {[flowLayout(households, exchanges), treeLayout(households, exchanges)].map(
        ({ width, height, houses, lines }) => (
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
        ),
      )}
    </>
  );
}

function House({ house: { household, x, y, width, height, role } }: { house: DrawnHouse }) {
  const total = totalsOf(household.periods);
  const name = nameIn(names.value, household.owner)?.name ?? 'a household';
  return (
    <g class={`house ${role}`} transform={`translate(${x} ${y + height / 2})`}>
      <rect y={-height / 2} width={width} height={height} rx="10" />
      <text class="house-name" x="14" y={role === 'seller' ? -14 : -5}>
        {shorten(name)}
      </text>
      {role === 'seller' && (
        <text class="house-figure" x="14" y="7">
          produced {kwh(total.producedMwh)}
        </text>
      )}
      <text class="house-figure" x="14" y={role === 'seller' ? 27 : 17}>
        consumed {kwh(total.consumedMwh)}
      </text>
    </g>
  );
}

const shorten = (name: string) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);

/** Every household of a community that is too large to be drawn. */
function Houses({ households }: { households: readonly Household[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is scrolled by keyboard too.
    <section class="scroll tall" tabIndex={0} aria-label="every household">
      <table>
        <thead>
          <tr>
            <th>household</th>
            <th class="number">produced</th>
            <th class="number">consumed</th>
            <th class="number">sold</th>
            <th class="number">bought</th>
          </tr>
        </thead>
        <tbody>
          {households.map(({ meter, owner, periods }) => {
            const { producedMwh, consumedMwh, soldMwh, boughtMwh } = totalsOf(periods);
            return (
              <tr key={meter}>
                <td>
                  <Who address={owner} />
                </td>
                <td class="number energy">{kwh(producedMwh)}</td>
                <td class="number">{kwh(consumedMwh)}</td>
                <td class="number">{kwh(soldMwh)}</td>
                <td class="number">{kwh(boughtMwh)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Exchanges({ exchanges }: { exchanges: readonly Exchange[] }) {
  if (exchanges.length === 0) return <Empty>No energy went from neighbour to neighbour.</Empty>;
  const person = (address: Address) => (
    <td>
      <Who address={address} />
    </td>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is scrolled by keyboard too.
    <section class="scroll tall" tabIndex={0} aria-label="energy from neighbour to neighbour">
      <table>
        <thead>
          <tr>
            <th>from</th>
            <th>to</th>
            <th class="number">energy</th>
            <th class="number">for</th>
          </tr>
        </thead>
        <tbody>
          {exchanges.map(({ seller, buyer, energyMwh, paid }) => (
            <tr key={`${seller}${buyer}`}>
              {person(seller)}
              {person(buyer)}
              <td class="number energy">{kwh(energyMwh)}</td>
              <td class="number token">{tokens(paid)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
