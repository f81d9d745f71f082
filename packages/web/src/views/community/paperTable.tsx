import {
  type Community,
  type CommunityMeter,
  compareWithPaper,
  type Flow,
  formatKwh,
  formatPaperTokens,
  PAPER_TABLE,
  paperPeriodStart,
  parseTokens,
  TOKEN_UNIT,
} from '@wattchain/market';
import type { Address } from 'viem';
import { community } from '../../api/community.js';
import { ledger } from '../../api/ledger.js';
import { Card, Empty, Skeleton } from '../../components/basics.js';
import { wordText } from '../../format.js';

const START = 100n * TOKEN_UNIT;
const MEANINGS = { equal: 'equals the paper', within: 'nearly the paper', wrong: 'not the paper' } as const;
const SIGNS = { equal: '=', within: '≈', wrong: '✗' } as const;

/** Whether this is the day of the paper, or a part of it: its meters, at its hours. */
export function hasPaperDay({ meters }: Community): boolean {
  const start = paperPeriodStart(0);
  const isOfDay = ({ readings }: CommunityMeter) =>
    readings.some((reading) => reading.start >= start && reading.start < paperPeriodStart(24));
  return NODES.every((name) => meters.some((meter) => wordText(meter.meter) === name)) && meters.some(isOfDay);
}

const NODES = ['node-1', 'node-2', 'node-3'];

/** The day as the chain has it beside the paper's Table 2. */
export function PaperTable() {
  return (
    <>
      <h1>The paper's Table 2</h1>
      <p class="lead">
        First of each pair what this chain says, then, smaller, what Cali & Fifield (2019) print. = is equal at the
        paper's digits; ≈ is at most 0.001 away, as node 1 is, because the paper adds up amounts that it had rounded.
      </p>
      <Card title="4 July, San Diego" wide aside={<a href="/community">Back to the picture</a>}>
        <Comparison />
      </Card>
    </>
  );
}

function Comparison() {
  const { value } = ledger;
  if (value === undefined) return <Skeleton lines={24} />;
  const { meters, flows } = community.value;
  const [node1, node2, node3] = NODES.map((name) => meters.find(({ meter }) => wordText(meter) === name));
  if (!node1 || !node2 || !node3 || !hasPaperDay(community.value)) {
    return (
      <Empty>This chain has no readings of meters node-1, node-2 and node-3 on the day that the table compares.</Empty>
    );
  }
  return <Table rows={rowsOf(flows, [node1, node2, node3])} />;
}

/** The paper's hours, each with this chain's figures and the paper's. */
function rowsOf(
  flows: readonly Flow[],
  [node1, node2, node3]: readonly [CommunityMeter, CommunityMeter, CommunityMeter],
) {
  const balances = new Map<Address, bigint>([node1, node2, node3].map(({ owner }) => [owner, START]));
  return PAPER_TABLE.map((paper) => {
    const start = paperPeriodStart(paper.hour);
    const ofHour = flows.filter(({ periodStart }) => periodStart === start);
    for (const { seller, buyer, paid } of ofHour) {
      balances.set(seller, (balances.get(seller) ?? 0n) + paid);
      balances.set(buyer, (balances.get(buyer) ?? 0n) - paid);
    }
    const bought = (owner: Address) =>
      ofHour.filter(({ buyer }) => buyer === owner).reduce((sum, { energyMwh }) => sum + energyMwh, 0n);
    const reading = node1.readings.find((each) => each.start === start);
    const surplus =
      reading === undefined || reading.producedMwh < reading.consumedMwh
        ? 0n
        : reading.producedMwh - reading.consumedMwh;
    return {
      hour: paper.hour,
      isRead: reading !== undefined,
      energies: [
        [surplus, paper.surplusMwh],
        [bought(node2.owner), paper.node2PurchaseMwh],
        [bought(node3.owner), paper.node3PurchaseMwh],
      ] as const,
      tokens: [
        [balances.get(node1.owner) ?? 0n, paper.node1Tokens],
        [balances.get(node2.owner) ?? 0n, paper.node2Tokens],
        [balances.get(node3.owner) ?? 0n, paper.node3Tokens],
      ] as const,
    };
  });
}

function Table({ rows }: { rows: ReturnType<typeof rowsOf> }) {
  return (
    <table class="paper">
      <thead>
        <tr>
          <th>hour</th>
          <th class="number">surplus of node 1, kWh</th>
          <th class="number">node 2 buys, kWh</th>
          <th class="number">node 3 buys, kWh</th>
          <th class="number">node 1 has, ENT</th>
          <th class="number">node 2 has, ENT</th>
          <th class="number">node 3 has, ENT</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ hour, isRead, energies, tokens }) => (
          <tr key={hour}>
            <td>{hour}:00</td>
            {energies.map(([ours, paper], column) => (
              // The columns are fixed.
              <Cell
                key={column}
                isRead={isRead}
                ours={formatKwh(ours)}
                paper={formatKwh(paper)}
                mark={ours === paper ? 'equal' : 'wrong'}
              />
            ))}
            {tokens.map(([ours, paper], column) => (
              // The columns are fixed.
              <Cell
                key={column}
                isRead={isRead}
                ours={formatPaperTokens(ours)}
                paper={formatPaperTokens(parseTokens(paper))}
                mark={compareWithPaper(ours, paper)}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({
  isRead,
  ours,
  paper,
  mark,
}: {
  isRead: boolean;
  ours: string;
  paper: string;
  mark: keyof typeof SIGNS;
}) {
  if (!isRead) {
    return (
      <td class="number">
        … <small>{paper}</small>
      </td>
    );
  }
  return (
    <td class="number">
      <span class="ours">
        {ours}{' '}
        <span class={`sign ${mark}`} role="img" aria-label={MEANINGS[mark]}>
          {SIGNS[mark]}
        </span>
      </span>{' '}
      <small>{paper}</small>
    </td>
  );
}
