import type { Address, Hex } from 'viem';
import { type ChainBlock, MAX_RECENT_BLOCKS, useRecentBlocks } from '../../api/blocks.js';
import { chainNowMs, genesis, status } from '../../api/live.js';
import { request } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card, Empty, Figure, Skeleton } from '../../components/basics.js';
import { BlockLink, TransactionLink, Who } from '../../components/ids.js';
import { Table } from '../../components/table.js';
import { ago, count, duration, interval, magnitude, shortHash } from '../../format.js';
import { meanIntervalMs, paceOf } from '../../model/pace.js';
import { PaceCharts } from './paceCharts.js';

const SHOWN_BLOCKS = 20;
/** Blocks that the hash rate is averaged over: of single blocks it would be noise. */
const AVERAGED_BLOCKS = 20;

/** Blocks as they come, how hard they are, who is connected and what waits. */
export function ChainOverview() {
  const blocks = useRecentBlocks();
  const { value } = status;
  const aim = genesis.value?.genesis.blockIntervalMs;
  const newest = blocks.at(-1);
  const mean = meanIntervalMs(blocks.slice(-AVERAGED_BLOCKS - 1));
  const pace = paceOf(blocks, AVERAGED_BLOCKS);
  const rate = pace.at(-1)?.hashesPerSecond;
  return (
    <>
      <h1>The chain</h1>
      <Card title="Now" wide>
        {value === undefined ? (
          <Skeleton lines={3} />
        ) : (
          <div class="figures">
            <Figure
              value={count(value.head.height)}
              label="newest block"
              note={`confirmed up to ${count(value.finalized.height)}`}
            />
            <Figure
              value={mean === undefined ? '–' : interval(mean)}
              label="between blocks"
              note={aim === undefined ? undefined : `aimed at: ${duration(Math.round(aim / 1000))}`}
            />
            <Figure
              value={newest === undefined ? '–' : magnitude(Number(newest.difficulty))}
              label="difficulty"
              note="tries for a block, on average"
            />
            <Figure
              value={rate === undefined || rate === null ? '–' : `${magnitude(rate)}H/s`}
              label="hash rate"
              note="tries a second, of all miners"
            />
            <Figure value={count(value.mempool)} label="transactions wait" note={`${value.peers} peers connected`} />
          </div>
        )}
      </Card>
      <Card
        title="Newest blocks"
        wide
        aside={<small>a new one about every {aim === undefined ? '…' : interval(aim)}</small>}
      >
        {blocks.length === 0 ? <Skeleton lines={SHOWN_BLOCKS} /> : <Blocks blocks={blocks} />}
      </Card>
      <PaceCharts pace={pace} aimMs={aim} most={MAX_RECENT_BLOCKS} />
      <Peers />
      <Mempool />
    </>
  );
}

function Blocks({ blocks }: { blocks: readonly ChainBlock[] }) {
  const now = chainNowMs();
  const first = blocks.length - SHOWN_BLOCKS;
  const rows = blocks.map((block, index) => ({ block, before: blocks[index - 1] })).slice(Math.max(0, first));
  const columns = [
    { title: 'block' },
    { title: 'age' },
    { title: 'miner' },
    { title: 'transactions', isNumber: true },
    { title: 'gas used', isNumber: true, isLess: true },
    { title: 'interval', isNumber: true, isLess: true },
    { title: 'hash', isLess: true },
  ];
  return (
    <Table
      label="newest blocks"
      isNarrow
      columns={columns}
      rows={rows.reverse().map(({ block, before }) => ({
        key: block.hash,
        cells: [
          <BlockLink height={block.height} />,
          ago(block.timestampMs, now),
          block.height === 0 ? 'genesis' : <Who address={block.miner} />,
          count(block.transactions.length),
          gasShare(block),
          before === undefined ? '–' : interval(block.timestampMs - before.timestampMs),
          <a class="mono" href={`/chain/block/${block.hash}`} title={block.hash}>
            {shortHash(block.hash)}
          </a>,
        ],
      }))}
    />
  );
}

function gasShare({ gasUsed, gasLimit }: ChainBlock): string {
  if (gasUsed === 0) return '0';
  const share = (100 * gasUsed) / gasLimit;
  return `${count(gasUsed)} (${share > 0 && share < 0.1 ? '< 0.1' : share.toFixed(1)} %)`;
}

interface Peer {
  readonly id: string;
  readonly address: string;
  readonly direction: 'inbound' | 'outbound';
  readonly connectedMs: number;
  readonly agent: string;
  readonly head: { readonly hash: Hex; readonly height: number };
}

function Peers() {
  const peers = useLive(() => request<Peer[]>('watt_peers'), []);
  return (
    <Card title="Peers">
      <Await of={peers} lines={4}>
        {(list) =>
          list.length === 0 ? (
            <Empty>
              No other node is connected. This one goes on alone, and it mines only if its configuration lets it.
            </Empty>
          ) : (
            <Table
              label="connected nodes"
              columns={[{ title: 'node' }, { title: 'head it tells of', isNumber: true }, { title: 'connected' }]}
              rows={list.map((peer) => ({
                key: peer.id,
                cells: [
                  <>
                    <span class="mono" title={peer.id}>
                      …{peer.id.slice(-8)}
                    </span>{' '}
                    <small>{placeOf(peer.address)}</small>
                  </>,
                  <BlockLink height={peer.head.height} />,
                  <>
                    {ago(peer.connectedMs, chainNowMs())} <small>{peer.direction}</small>
                  </>,
                ],
              }))}
            />
          )
        }
      </Await>
    </Card>
  );
}

/** Host and port of a multiaddr. */
const placeOf = (address: string) => /^\/[^/]+\/([^/]+)\/tcp\/(\d+)/.exec(address)?.slice(1).join(':') ?? address;

interface Waiting {
  readonly hash: Hex;
  readonly from: Address;
  readonly addedMs: number;
  readonly reason: { readonly text: string };
}

/** The list is cut where nobody would read on. */
const SHOWN_WAITING = 20;

function Mempool() {
  const pool = useLive(() => request<{ size: number; transactions: Waiting[] }>('watt_mempool'), []);
  return (
    <Card title="Waiting transactions">
      <Await of={pool} lines={4}>
        {({ size, transactions }) =>
          size === 0 ? (
            <Empty>Nothing waits. What is sent appears here until a miner puts it into a block.</Empty>
          ) : (
            <>
              <ul class="events">
                {transactions.slice(0, SHOWN_WAITING).map(({ hash, from, addedMs, reason }) => (
                  <li key={hash}>
                    <span>
                      <TransactionLink hash={hash} /> of <Who address={from} />: {reason.text}
                    </span>
                    <small>here since {ago(addedMs, chainNowMs())}</small>
                  </li>
                ))}
              </ul>
              {size > SHOWN_WAITING && <p>and {count(size - Math.min(transactions.length, SHOWN_WAITING))} more</p>}
            </>
          )
        }
      </Await>
    </Card>
  );
}
