import { WattchainError } from '@wattchain/core';
import type { Command } from 'commander';
import { formatEther, getAddress, isHash } from 'viem';
import type { Connection } from '../client.js';
import { connectTo, parseWhole, type RpcOptions, withRpc } from '../options.js';
import { formatFields, formatTable } from '../output.js';
import { addCommand } from '../program.js';

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
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly peers: number;
  readonly mempool: number;
  readonly miner: MinerJson;
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
  readonly failure?: { readonly reason: string };
}

/** `wattchain status`, `peers`, `block`, `tx`: reading the chain. */
export function addChainCommands(program: Command): void {
  addCommand<RpcOptions>(program, 'status', 'where a node stands', withRpc, async (output, options) => {
    const connection = await connectTo(options);
    const status = await connection.watt<StatusJson>('watt_status');
    output.result(status, renderStatus(status));
  });

  addCommand<RpcOptions>(program, 'peers', 'the peers of a node', withRpc, async (output, options) => {
    const connection = await connectTo(options);
    const peers = await connection.watt<readonly PeerJson[]>('watt_peers');
    const rows = peers.map((peer) => [peer.id, peer.address, peer.direction, String(peer.head.height), peer.agent]);
    output.result(
      peers,
      rows.length > 0 ? formatTable([['peer', 'address', 'direction', 'height', 'agent'], ...rows]) : 'no peers',
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
      const fields: [string, string][] = [
        ['height', String(block.number)],
        ['hash', String(block.hash)],
        ['parent', block.parentHash],
        ['time', new Date(Number(block.timestamp) * 1000).toISOString()],
        ['miner', getAddress(block.miner)],
        ['difficulty', `${block.difficulty} tries`],
        ['gas', `${block.gasUsed} of ${block.gasLimit}`],
        ['size', `${block.size} bytes`],
        ['state root', block.stateRoot],
        ['transactions', String(block.transactions.length)],
        ...block.transactions.map((hash): [string, string] => ['', hash]),
      ];
      output.result(block, formatFields(fields));
    },
  );

  addCommand<RpcOptions>(
    program,
    'tx <hash>',
    'where a transaction is, its confirmations, and why it waits',
    withRpc,
    async (output, options, hash) => {
      if (!isHash(hash as string)) {
        throw new WattchainError('badHash', `"${hash}" is not a transaction hash`, {
          hint: 'give 0x and 64 hexadecimal digits',
        });
      }
      const connection = await connectTo(options);
      const status = await connection.watt<TransactionStatusJson>('watt_transactionStatus', [hash]);
      output.result(status, describeTransaction(status, connection.genesis.confirmations));
    },
  );
}

function renderStatus(status: StatusJson): string {
  const miner = status.miner;
  const mining = !miner.enabled
    ? 'off'
    : miner.paused
      ? `paused: ${miner.paused.detail}`
      : `${Math.round(miner.hashesPerSecond).toLocaleString('en')} tries/s for ${miner.address === null ? 'nobody' : getAddress(miner.address)}, ${miner.blocksFound} blocks found`;
  return formatFields([
    ['network', `${status.network} (chain id ${status.chainId})`],
    ['genesis', status.genesisHash],
    ['head', `${status.head.height}  ${status.head.hash}`],
    ['state root', status.head.stateRoot],
    ['confirmed', `${status.finalized.height}  ${status.finalized.hash}`],
    ['syncing', status.sync.syncing ? `${status.sync.currentHeight} of ${status.sync.highestHeight}` : 'no'],
    ['peers', String(status.peers)],
    ['waiting', `${status.mempool} transactions`],
    ['mining', mining],
    ['peer id', status.peerId],
    ['listens on', status.addresses.join(' ') || 'nothing'],
    ['agent', status.agent],
  ]);
}

function findBlock(connection: Connection, which: string) {
  if (which === 'latest' || which === 'finalized' || which === 'earliest')
    return connection.client.getBlock({ blockTag: which });
  if (isHash(which)) return connection.client.getBlock({ blockHash: which });
  return connection.client.getBlock({
    blockNumber: BigInt(parseWhole('the block', which, 0, Number.MAX_SAFE_INTEGER)),
  });
}

/** Where a transaction stands, as a sentence. */
export function describeTransaction(status: TransactionStatusJson, needed: number): string {
  const count = `${Math.min(status.confirmations ?? 0, needed)}/${needed} confirmations`;
  switch (status.status) {
    case 'unknown':
      return 'this node knows no such transaction: it was never sent here, or was replaced, or dropped from the pool';
    case 'waiting':
      return `waiting: ${status.reason?.text}`;
    case 'failed':
      return `failed in block ${status.height}: ${status.failure?.reason} (${count})`;
    case 'included':
      return `in block ${status.height}, ${count}${(status.confirmations ?? 0) >= needed ? ': confirmed' : ''}`;
  }
}

/** An amount of coins with its unit. */
export function formatCoins(wei: bigint): string {
  return `${formatEther(wei)} WATT`;
}
