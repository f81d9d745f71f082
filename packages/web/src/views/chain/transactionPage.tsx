import { decodeMarketEvents } from '@wattchain/market';
import type { Address, Hex, Log } from 'viem';
import { getTransaction, getTransactionReceipt } from 'viem/actions';
import { clock, reader } from '../../api/community.js';
import { client, contracts, request } from '../../api/node.js';
import { useLive } from '../../api/useLive.js';
import { Await, Card, Confirmations, Empty } from '../../components/basics.js';
import { BlockLink, FullAddress, FullHash, Who } from '../../components/ids.js';
import { NotOnChain } from '../../components/notFound.js';
import { EventTable, InWords } from '../../components/words.js';
import { coins, count, gasPriceText, shortHash } from '../../format.js';
import { callOf, failureInWords, marketContractAt, transactionTitle } from '../../model/transactionWords.js';

/** What `watt_transactionStatus` answers. */
type Standing =
  | { readonly status: 'unknown' }
  | { readonly status: 'waiting'; readonly reason: { readonly text: string } }
  | {
      readonly status: 'included' | 'failed';
      readonly height: number;
      readonly confirmations: number;
      readonly needed: number;
      readonly failure?: { readonly reason: string; readonly data: Hex };
    };

interface Sent {
  readonly from: Address;
  readonly to: Address | null;
  readonly nonce: number;
  readonly value: bigint;
  readonly gas: bigint;
  readonly gasPrice: bigint;
  readonly input: Hex;
}

interface Receipt {
  readonly gasUsed: bigint;
  readonly contractAddress: Address | null;
  readonly logs: Log[];
}

interface Known {
  readonly standing: Exclude<Standing, { status: 'unknown' }>;
  readonly sent: Sent;
  readonly receipt: Receipt | undefined;
}

/** A transaction: what it asks, how far it is, what came of it. */
export function TransactionPage({ id }: { id: string }) {
  if (!/^0x[0-9a-f]{64}$/i.test(id)) {
    return (
      <NotOnChain title="This is no transaction">
        A transaction is named by its hash: 0x and 64 hexadecimal digits.
      </NotOnChain>
    );
  }
  return <TransactionOf hash={id.toLowerCase() as Hex} />;
}

function TransactionOf({ hash }: { hash: Hex }) {
  const loaded = useLive(() => readTransaction(hash), [hash]);
  if (loaded.state === 'loaded' && loaded.value === undefined) {
    return (
      <NotOnChain title="This node knows no transaction of this hash">
        It was never sent here, it was dropped because another one took its nonce, or it belongs to another chain.
      </NotOnChain>
    );
  }
  const known = loaded.state === 'loaded' ? loaded.value : undefined;
  return (
    <>
      <h1>Transaction {shortHash(hash)}</h1>
      <Card title="What it does" wide>
        <Await of={loaded} lines={10}>
          {(value) => value && <Facts hash={hash} {...value} />}
        </Await>
      </Card>
      {known && (
        <>
          <Card title="The call">
            <Call sent={known.sent} />
          </Card>
          <Card title="What it brought about">
            <Events {...known} />
          </Card>
        </>
      )}
    </>
  );
}

async function readTransaction(hash: Hex): Promise<Known | undefined> {
  const standing = await request<Standing>('watt_transactionStatus', hash);
  if (standing.status === 'unknown') return undefined;
  const [sent, receipt] = await Promise.all([
    getTransaction(client, { hash }),
    standing.status === 'waiting' ? undefined : getTransactionReceipt(client, { hash }),
  ]);
  const { from, to, nonce, value, gas, gasPrice = 0n, input } = sent;
  return {
    standing,
    sent: { from, to, nonce, value, gas, gasPrice, input },
    receipt: receipt && {
      gasUsed: receipt.gasUsed,
      contractAddress: receipt.contractAddress ?? null,
      logs: receipt.logs,
    },
  };
}

function Facts({ hash, standing, sent, receipt }: Known & { hash: Hex }) {
  return (
    <>
      <p class="sentence">
        <InWords words={transactionTitle(sent, contracts, clock.value)} />
      </p>
      <dl class="facts">
        <dt>Standing</dt>
        <dd>
          <StandingInWords standing={standing} />
        </dd>
        {standing.status !== 'waiting' && (
          <>
            <dt>Block</dt>
            <dd>
              <BlockLink height={standing.height} />
            </dd>
          </>
        )}
        <dt>From</dt>
        <dd>
          <FullAddress address={sent.from} />
        </dd>
        <dt>To</dt>
        <dd>
          {sent.to !== null ? (
            <FullAddress address={sent.to} />
          ) : standing.status === 'failed' ? (
            'a new contract, which did not come about'
          ) : receipt?.contractAddress ? (
            <>
              the new contract <FullAddress address={receipt.contractAddress} />
            </>
          ) : (
            'a new contract'
          )}
        </dd>
        <dt>Coins sent</dt>
        <dd>{coins(sent.value)}</dd>
        <dt>Fee</dt>
        <dd>
          {receipt === undefined
            ? `at most ${coins(sent.gas * sent.gasPrice)}`
            : `${coins(receipt.gasUsed * sent.gasPrice)}: ${count(receipt.gasUsed)} gas at ${gasPriceText(sent.gasPrice)}, of ${count(sent.gas)} allowed`}
        </dd>
        <dt>Nonce</dt>
        <dd>
          {count(sent.nonce)} <small>its sender's transactions are carried out in this order</small>
        </dd>
        <dt>Hash</dt>
        <dd>
          <FullHash hash={hash} />
        </dd>
      </dl>
    </>
  );
}

function StandingInWords({ standing }: { standing: Known['standing'] }) {
  if (standing.status === 'waiting') {
    return (
      <>
        <span class="tag waiting">waits</span> {standing.reason.text}
      </>
    );
  }
  const { confirmations, needed, failure } = standing;
  return (
    <>
      {failure === undefined ? <span class="tag good">done</span> : <span class="tag bad">failed</span>}{' '}
      <Confirmations done={confirmations} needed={needed} />{' '}
      <small>{confirmations >= needed ? 'confirmed: it does not disappear any more' : 'confirmations'}</small>
      {failure !== undefined && (
        <p class="failed">{failureInWords(failure, reader.value)} Everything but the fee was undone.</p>
      )}
    </>
  );
}

function Call({ sent }: { sent: Sent }) {
  const { to, input } = sent;
  if (to === null) return <p>It carries the code of a new contract, {count((input.length - 2) / 2)} bytes.</p>;
  if (input === '0x') return <Empty>None: coins were sent, no contract was asked for anything.</Empty>;
  const call = callOf(sent, contracts, clock.value);
  const contract = marketContractAt(to, contracts);
  if (call === undefined || contract === undefined) {
    return (
      <>
        <p>
          This page does not know what <Who address={to} /> understands by it. The data, {count((input.length - 2) / 2)}{' '}
          bytes:
        </p>
        <pre class="data">{input.length > 2_000 ? `${input.slice(0, 2_000)}…` : input}</pre>
      </>
    );
  }
  return (
    <>
      <p>
        <code>{call.functionName}</code> of <Who address={to} />
      </p>
      {call.values.length === 0 ? (
        <Empty>It takes no values.</Empty>
      ) : (
        <dl class="facts">
          {call.values.map(({ name, value }) => (
            <>
              <dt>{name}</dt>
              <dd>
                <InWords words={value} />
              </dd>
            </>
          ))}
        </dl>
      )}
    </>
  );
}

function Events({ receipt, standing }: Known) {
  if (receipt === undefined) return <Empty>Nothing yet: it is in no block.</Empty>;
  if (standing.status === 'failed') return <Empty>Nothing: it failed, and only the fee was paid.</Empty>;
  // Anybody's contract can log what looks like a trade; only the community's own are believed.
  const own = receipt.logs.filter(({ address }) => marketContractAt(address, contracts) !== undefined);
  const events = decodeMarketEvents(own);
  const foreign = receipt.logs.length - events.length;
  return (
    <>
      {receipt.logs.length === 0 && <Empty>No contract reported anything.</Empty>}
      <EventTable events={events} withPlace={false} />
      {foreign > 0 && (
        <p>{foreign === 1 ? 'One event' : `${foreign} events`} of contracts that this page does not know.</p>
      )}
    </>
  );
}
