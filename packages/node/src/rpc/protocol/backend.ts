import type { Address } from '@wattchain/core';
import type { ArtifactSource } from '../../artifacts/artifacts.js';
import type { Chain } from '../../chain/chain.js';
import type { Mempool } from '../../mempool/mempool.js';
import type { Miner } from '../../miner/miner.js';
import type { Network } from '../../p2p/network.js';
import type { Runtime } from '../../runtime.js';
import type { Sync } from '../../sync/sync.js';

/** What methods read of the chain. */
export type RpcChain = Pick<
  Chain,
  | 'genesis'
  | 'head'
  | 'finalized'
  | 'damage'
  | 'headerByHash'
  | 'headerByHeight'
  | 'canonicalHash'
  | 'bodyInPieces'
  | 'transactionHashes'
  | 'receiptsInPieces'
  | 'transactionPlace'
  | 'confirmations'
  | 'heldStateAt'
  | 'on'
>;
/** What methods need of the pool. */
export type RpcMempool = Pick<
  Mempool,
  | 'addRaw'
  | 'addRawsInPieces'
  | 'get'
  | 'entryInPieces'
  | 'contentInPieces'
  | 'executable'
  | 'pendingNonce'
  | 'size'
  | 'load'
  | 'on'
>;
/** What methods need of the miner. */
export type RpcMiner = Pick<Miner, 'status' | 'setEnabled' | 'getWork' | 'submitWork'>;
/** What methods need of the network. */
export type RpcNetwork = Pick<Network, 'id' | 'addresses' | 'peers' | 'members' | 'addPeer'>;
/** What methods need of the synchronisation. */
export type RpcSync = Pick<Sync, 'status' | 'warnings' | 'clockOffsetMs' | 'allowDeepReorg'>;

/** The node as its methods see it. */
export interface RpcBackend {
  readonly chain: RpcChain;
  readonly mempool: RpcMempool;
  readonly miner: RpcMiner;
  readonly network: RpcNetwork;
  readonly sync: RpcSync;
  /** What contracts were made from, for traces. */
  readonly artifacts: ArtifactSource;
  readonly runtime: Pick<Runtime, 'clock' | 'stopwatch' | 'random'>;
  /** Name and version of this software, such as `Wattchain/0.1.0`. */
  readonly agent: string;
  /** Whom this node mines for, if anybody. */
  readonly minerAddress: Address | undefined;
}
