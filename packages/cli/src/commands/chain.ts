import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { BlockNotFoundError, getAddress, type Hash, type Hex, isHash } from 'viem';
import { type ArtifactOptions, withArtifact, withArtifactOf } from '../artifacts.js';
import type { Connection } from '../client.js';
import { type ExplainedFailure, explainFailedTransaction, formatPlace } from '../failures.js';
import { connectTo, parseWhole, type RpcOptions, withRpc } from '../options.js';
import { counted, formatFields, formatTable, reportTable, weiToCoins } from '../output.js';
import { addCommand } from '../program.js';
import { formatJoules, formatShare, readRecentWorkCost, type WorkCost } from '../workCost.js';
import { describeMarketTime, readMarketTime } from './marketTime.js';

interface HeadJson {
  readonly hash: string;
  readonly height: number;
  readonly timestampMs: number;
  readonly stateRoot: string;
  readonly totalWork: string;
}
interface StatusJson {
  readonly agent: string;
  readonly network: string;
  readonly chainId: number;
  readonly genesisHash: string;
  readonly head: HeadJson;
  readonly finalized: HeadJson;
  readonly sync: { readonly syncing: boolean; readonly currentHeight: number; readonly highestHeight: number };
  readonly warnings: readonly { readonly detail: string }[];
  readonly clockOffsetMs: number | null;
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly peers: number;
  readonly members: {
    readonly seen: number;
    readonly needed: number;
    readonly total: number;
    readonly silent: readonly string[];
    readonly apart: readonly string[];
  };
  readonly mempool: number;
  readonly miner: MinerJson;
  readonly cost: { readonly triesPerBlock: number; readonly joulesPerBlock: number; readonly joulesPerHash: number };
}
interface MinerJson {
  readonly address: string | null;
  readonly enabled: boolean;
  readonly paused?: { readonly detail: string };
  readonly hashesPerSecond: number;
  readonly blocksFound: number;
}
interface PeerJson {
  readonly id: string;
  readonly address: string;
  readonly direction: string;
  readonly agent: string;
  readonly head: { readonly height: number; readonly hash: string };
}
/** What `watt_transactionStatus` answers. */
interface TransactionStatusJson {
  readonly status: 'unknown' | 'waiting' | 'included' | 'failed';
  readonly height?: number;
  readonly confirmations?: number;
  readonly needed?: number;
  readonly reason?: { readonly text: string };
  readonly failure?: { readonly reason: string; readonly data: Hex } & Partial<ExplainedFailure>;
}

/** `wattchain status`, `peers`, `block`, `tx`: reading the chain. */
export function addChainCommands(program: Command): void {
  addCommand<RpcOptions>(program, 'status', 'where a node stands', withRpc, async (output, options) => {
    const connection = await connectTo(options);
    const status = await connection.watt<StatusJson>('watt_status');
    const recent = await readRecentWorkCost(connection, status.finalized.height, status.cost.joulesPerHash);
    const time = connection.hasEnergyContracts ? await readMarketTime(connection) : undefined;
    output.result(
      { ...status, cost: { ...status.cost, recent }, ...(time === undefined ? {} : { marketTime: time.marketNow }) },
      renderStatus(status, recent, time === undefined ? undefined : describeMarketTime(time, connection)),
    );
  });

  addCommand<RpcOptions>(program, 'peers', 'the peers of a node', withRpc, async (output, options) => {
    const connection = await connectTo(options);
    const peers = await connection.watt<readonly PeerJson[]>('watt_peers');
    const rows = peers.map((peer) => [peer.id, peer.address, peer.direction, String(peer.head.height), peer.agent]);
    reportTable(
      output,
      peers,
      rows.length > 0
        ? formatTable([['peer', 'address', 'direction', 'last told height', 'agent'], ...rows])
        : 'no peers',
    );
  });

  addCommand<RpcOptions>(
    program,
    'block [which]',
    'a block by height, hash, latest or finalized',
    withRpc,
    async (output, options, which) => {
      const connection = await connectTo(options);
      const block = await findBlock(connection, which ?? 'latest');
      // This chain's own fields, which viem passes on as they came.
      const { timestampMs, historyRoot } = block as { timestampMs?: string; historyRoot?: string };
      const fields: [string, string][] = [
        ['height', String(block.number)],
        ['hash', String(block.hash)],
        ['parent', block.parentHash],
        ['time', new Date(Number(timestampMs)).toISOString()],
        ['miner', getAddress(block.miner)],
        ['difficulty', `${block.difficulty} tries`],
        ['gas', `${block.gasUsed} of ${block.gasLimit}`],
        ['size', `${block.size} bytes`],
        ['state root', block.stateRoot],
        ['history root', String(historyRoot)],
        ['transactions', String(block.transactions.length)],
        ...block.transactions.map((hash): [string, string] => ['', hash]),
      ];
      output.result({ ...block, timestampMs: String(timestampMs) }, formatFields(fields));
    },
  );

  addCommand<RpcOptions & ArtifactOptions>(
    program,
    'tx <hash>',
    'where a transaction is, its confirmations, and why it waits or failed',
    (command) => withArtifact(withRpc(command)),
    async (output, options, text) => {
      const hash = parseHash(text as string);
      const connection = await withArtifactOf(await connectTo(options), options);
      const status = await readTransactionStatus(connection, hash);
      if (status.status === 'unknown') throw unknownTransaction(hash);
      output.result(status, describeTransaction(status, connection.genesis.confirmations));
    },
  );
}

/** The hash of a transaction. Errors: `badHash`. */
export function parseHash(text: string): Hash {
  if (isHash(text)) return text;
  throw new WattchainError('badHash', `"${text}" is not a transaction hash`, {
    hint: 'give 0x and 64 hexadecimal digits',
  });
}

/** The error of a hash that a node does not know. */
export function unknownTransaction(hash: Hash): WattchainError {
  const hint =
    'it was never sent here, or was replaced, or dropped from the pool; compare the hash and the network: wattchain status';
  return new WattchainError('unknownTransaction', `this node knows no transaction ${hash}`, { values: { hash }, hint });
}

function renderMembers({ seen, needed, total, silent, apart }: StatusJson['members']): string {
  return [
    `${seen} of ${total} answer from this chain, ${needed} are needed to mine`,
    ...(silent.length === 0 ? [] : [`silent: ${silent.join(' ')}`]),
    ...(apart.length === 0 ? [] : [`not on this chain: ${apart.join(' ')}`]),
  ].join('; ');
}

function renderStatus(status: StatusJson, recent: WorkCost, marketTime: string | undefined): string {
  const miner = status.miner;
  const mining = !miner.enabled
    ? 'off'
    : miner.paused
      ? `paused: ${miner.paused.detail}`
      : `${Math.round(miner.hashesPerSecond).toLocaleString('en')} tries/s for ${miner.address === null ? 'nobody' : getAddress(miner.address)}, ${miner.blocksFound} blocks found`;
  return formatFields([
    ...status.warnings.map(({ detail }): [string, string] => ['warning', detail]),
    ['network', `${status.network} (chain id ${status.chainId})`],
    ['genesis', status.genesisHash],
    ['head', `${status.head.height}  ${status.head.hash}`],
    ['state root', status.head.stateRoot],
    ['confirmed', `${status.finalized.height}  ${status.finalized.hash}`],
    ['syncing', status.sync.syncing ? `${status.sync.currentHeight} of ${status.sync.highestHeight}` : 'no'],
    ['peers', String(status.peers)],
    ['members', renderMembers(status.members)],
    ['clock', renderClock(status.clockOffsetMs)],
    ...(marketTime === undefined ? [] : [['market time', marketTime] as [string, string]]),
    ['waiting', counted(status.mempool, 'transaction')],
    ['mining', mining],
    [
      'next block',
      `${status.cost.triesPerBlock.toLocaleString('en')} tries expected, ${renderJoules(status.cost.joulesPerBlock, status.cost.joulesPerHash)}`,
    ],
    ['cost of trade', renderRecentCost(recent)],
    ['peer id', status.peerId],
    ['listens on', status.addresses.join(' ') || 'nothing'],
    ['agent', status.agent],
  ]);
}

/** How far this node's clock is off its peers'. */
function renderClock(offsetMs: number | null): string {
  if (offsetMs === null) return 'no peer says its time';
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(1);
  if (Math.abs(offsetMs) < 1_000) return "within 1 s of its peers'";
  return `${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} its peers'`;
}

/** An estimate, and what it rests on. */
function renderJoules(joules: number, joulesPerHash: number): string {
  return `about ${formatJoules(joules)} at ${formatJoules(joulesPerHash)} a try (an estimate: mine.joulesPerHash)`;
}

function renderRecentCost({ blocks, joules, trades, tradedKwh, perTrade, perKwh }: WorkCost): string {
  if (blocks === 0) return 'no block is confirmed yet';
  const span = `the last ${counted(blocks, 'confirmed block')}: about ${formatJoules(joules)}`;
  if (perTrade === undefined) return `${span}, and no trade was settled in them`;
  const perEnergy =
    perKwh === undefined
      ? ''
      : `, ${formatJoules(perKwh.joules)} per kWh traded (${formatShare(perKwh.share)} of its energy)`;
  return `${span} for ${counted(trades, 'trade')} of ${tradedKwh} kWh: ${formatJoules(perTrade.joules)} per trade${perEnergy}`;
}

async function findBlock(connection: Connection, which: string) {
  if (which === 'latest' || which === 'finalized' || which === 'earliest')
    return connection.client.getBlock({ blockTag: which });
  if (isHash(which)) {
    return connection.client.getBlock({ blockHash: which }).catch((cause: unknown) => {
      if (!(cause instanceof BlockNotFoundError)) throw cause;
      throw new WattchainError('unknownBlock', `this node knows no block ${which}`, {
        values: { hash: which },
        hint: 'compare the hash and the network: wattchain status',
        cause,
      });
    });
  }
  const height = parseWhole(
    'the block (a height, a hash, latest, finalized or earliest)',
    which,
    0,
    Number.MAX_SAFE_INTEGER,
  );
  const { number: head } = await connection.client.getBlock({ blockTag: 'latest' });
  if (head < height) {
    throw new WattchainError('unknownBlock', `there is no block ${height} yet: the newest is ${head}`, {
      values: { height, head },
      hint: 'wait for it, or give a smaller height',
    });
  }
  return connection.client.getBlock({ blockNumber: BigInt(height) });
}

/** Where a transaction stands; a failure is explained in words, with the line of the contract's source where the node knows it. */
export async function readTransactionStatus(connection: Connection, hash: Hash): Promise<TransactionStatusJson> {
  const status = await connection.watt<TransactionStatusJson>('watt_transactionStatus', [hash]);
  if (status.failure === undefined) return status;
  const explained = await explainFailedTransaction(connection, hash, status.failure);
  return { ...status, failure: { ...status.failure, ...explained } };
}

/** Where a transaction stands, as a sentence. */
export function describeTransaction(status: TransactionStatusJson, needed: number): string {
  const count = `${Math.min(status.confirmations ?? 0, needed)}/${needed} confirmations`;
  switch (status.status) {
    case 'unknown':
      return 'this node knows no such transaction: it was never sent here, or was replaced, or dropped from the pool';
    case 'waiting':
      return `waiting: ${weiToCoins(status.reason?.text ?? '')}`;
    case 'failed':
      return `failed in block ${status.height}: ${weiToCoins(status.failure?.reason ?? '')} (${count})${formatPlace(status.failure?.source)}`;
    case 'included':
      return `in block ${status.height}, ${count}${(status.confirmations ?? 0) >= needed ? ': confirmed' : ''}`;
  }
}
