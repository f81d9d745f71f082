import type { Address, Hex } from 'viem';
import { type ChainBlock, readBlock } from '../../api/blocks.js';
import { clock } from '../../api/community.js';
import { chainNowMs, status } from '../../api/live.js';
import { client, contracts } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card, Confirmations, Empty } from '../../components/basics.js';
import { FullAddress, FullHash, TransactionLink, Who } from '../../components/ids.js';
import { NotOnChain } from '../../components/notFound.js';
import { Table } from '../../components/table.js';
import { InWords } from '../../components/words.js';
import { ago, coins, count, interval, magnitude } from '../../format.js';
import { transactionTitle } from '../../model/transactionWords.js';

interface TransactionAnswer {
  readonly hash: Hex;
  readonly from: Address;
  readonly to: Address | null;
  readonly value: Hex;
  readonly input: Hex;
}

interface ReceiptAnswer {
  readonly transactionHash: Hex;
  readonly status: Hex;
  readonly gasUsed: Hex;
}

/** A block, its place in the chain and its transactions. */
export function BlockPage({ id }: { id: string }) {
  const isHash = /^0x[0-9a-f]{64}$/i.test(id);
  const isHeight = /^\d{1,15}$/.test(id);
  if (!isHash && !isHeight) {
    return (
      <NotOnChain title="This is no block">
        A block is named by its height, such as 12, or by its hash: 0x and 64 hexadecimal digits.
      </NotOnChain>
    );
  }
  return <BlockOf id={isHash ? (id as Hex) : Number(id)} />;
}

function BlockOf({ id }: { id: number | Hex }) {
  const loaded = useLive(async () => {
    const block = await readBlock(id);
    if (block === undefined) return undefined;
    const [parent, onChain, transactions, receipts] = await Promise.all([
      block.height === 0 ? undefined : readBlock(block.parentHash),
      typeof id === 'number' ? block : readBlock(block.height),
      readTransactions(block.hash),
      client.request({ method: 'eth_getBlockReceipts', params: [block.hash] } as never) as Promise<
        ReceiptAnswer[] | null
      >,
    ]);
    return { block, parent, isOnChain: onChain?.hash === block.hash, transactions, receipts: receipts ?? [] };
  }, [id]);
  const head = status.value?.head.height ?? 0;
  if (loaded.state === 'loaded' && loaded.value === undefined) {
    return typeof id === 'number' ? (
      <NotOnChain title={`Block ${count(id)} is not there`}>
        {`The newest block that this node has is ${count(head)}.`}
      </NotOnChain>
    ) : (
      <NotOnChain title="This node knows no block of this hash">
        A block that another one has replaced is forgotten after a while; or the hash is of another chain.
      </NotOnChain>
    );
  }
  const known = loaded.state === 'loaded' ? loaded.value : undefined;
  return (
    <>
      <h1>Block {known ? count(known.block.height) : typeof id === 'number' ? count(id) : ''}</h1>
      <Card title="The block" wide>
        <Await of={loaded} lines={12}>
          {(value) => value && <Facts {...value} head={head} />}
        </Await>
      </Card>
      {known && (
        <Card title="Its transactions" wide>
          <Transactions transactions={known.transactions} receipts={known.receipts} />
        </Card>
      )}
    </>
  );
}

async function readTransactions(blockHash: Hex): Promise<readonly TransactionAnswer[]> {
  const answer = await client.request({ method: 'eth_getBlockByHash', params: [blockHash, true] } as never);
  return (answer as { transactions: readonly TransactionAnswer[] } | null)?.transactions ?? [];
}

function Facts({
  block,
  parent,
  isOnChain,
  head,
}: {
  block: ChainBlock;
  parent: ChainBlock | undefined;
  isOnChain: boolean;
  head: number;
}) {
  const needed = status.value?.confirmations ?? 12;
  return (
    <>
      <nav class="neighbours" aria-label="neighbouring blocks">
        {block.height > 0 ? (
          <a class="button" href={`/chain/block/${block.height - 1}`}>
            ← Block {count(block.height - 1)}
          </a>
        ) : (
          <span />
        )}
        {block.height < head && (
          <a class="button" href={`/chain/block/${block.height + 1}`}>
            Block {count(block.height + 1)} →
          </a>
        )}
      </nav>
      <dl class="facts">
        <dt>Standing</dt>
        <dd>
          {isOnChain ? (
            <>
              <Confirmations done={head - block.height + 1} needed={needed} />{' '}
              <small>
                {head - block.height + 1 >= needed ? 'confirmed: it is not replaced any more' : 'confirmations'}
              </small>
            </>
          ) : (
            <span class="tag bad">not part of the chain: another block of this height took its place</span>
          )}
        </dd>
        <dt>Found</dt>
        <dd>
          {ago(block.timestampMs, chainNowMs())}{' '}
          <small>({clock.value.blockText(BigInt(Math.floor(block.timestampMs / 1000)))})</small>
          {parent !== undefined && `, ${interval(block.timestampMs - parent.timestampMs)} after the block before`}
        </dd>
        <dt>Miner</dt>
        <dd>{block.height === 0 ? 'nobody: the network began with it' : <FullAddress address={block.miner} />}</dd>
        <dt>Hash</dt>
        <dd>
          <FullHash hash={block.hash} />
        </dd>
        <dt>Block before</dt>
        <dd>
          {block.height === 0 ? 'none' : <FullHash hash={block.parentHash} href={`/chain/block/${block.parentHash}`} />}
        </dd>
        <dt>Difficulty</dt>
        <dd>
          {magnitude(Number(block.difficulty))} tries on average <small>({count(block.difficulty)})</small>
        </dd>
        <dt>Gas used</dt>
        <dd>
          {count(block.gasUsed)} of {count(block.gasLimit)}
        </dd>
        <dt>Size</dt>
        <dd>{count(block.sizeBytes)} bytes</dd>
        <dt>State root</dt>
        <dd>
          <FullHash hash={block.stateRoot} what="state root" />
        </dd>
        <dt>History root</dt>
        <dd>
          <FullHash hash={block.historyRoot} what="history root" />
        </dd>
      </dl>
    </>
  );
}

function Transactions({
  transactions,
  receipts,
}: {
  transactions: readonly TransactionAnswer[];
  receipts: readonly ReceiptAnswer[];
}) {
  if (transactions.length === 0) return <Empty>None: its miner found it while nothing waited.</Empty>;
  const receiptOf = new Map(receipts.map((receipt) => [receipt.transactionHash, receipt]));
  const columns = [
    { title: 'transaction' },
    { title: 'from' },
    { title: 'gas used', isNumber: true, isLess: true },
    { title: 'outcome' },
  ];
  const rows = transactions.map(({ hash, from, to, value, input }) => {
    const receipt = receiptOf.get(hash);
    const title = transactionTitle({ to, value: BigInt(value), input }, contracts, clock.value);
    return {
      key: hash,
      cells: [
        <>
          <InWords words={title} />
          {BigInt(value) > 0n && to !== null && input !== '0x' && <small> with {coins(BigInt(value))}</small>}{' '}
          <small>
            <TransactionLink hash={hash} />
          </small>
        </>,
        <Who address={from} />,
        receipt === undefined ? '–' : count(BigInt(receipt.gasUsed)),
        receipt === undefined ? '–' : <Outcome isDone={receipt.status === '0x1'} />,
      ],
    };
  });
  return <Table label="transactions" columns={columns} rows={rows} />;
}

function Outcome({ isDone }: { isDone: boolean }) {
  return isDone ? <span class="tag good">done</span> : <span class="tag bad">failed</span>;
}
