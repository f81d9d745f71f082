/**
 * How the parts of a node that make it one of a network are put together: chain, pool, network, sync and miner. The world they live in is
 * given: a real process (`node.ts`) and a simulation of many nodes have the same wiring.
 */
import type { Logger } from './base/log.js';
import type { Chain } from './chain/chain.js';
import type { NodeConfig } from './config.js';
import { Mempool } from './mempool/mempool.js';
import { Miner } from './miner/miner.js';
import type { MinerThread } from './miner/minerThread.js';
import type { Network } from './p2p/network.js';
import type { ChainView } from './p2p/serving.js';
import type { Runtime } from './runtime.js';
import { createSync, type Sync } from './sync/sync.js';

/** What the parts are made of. The chain is open, and stays its owner's to close after them. */
export interface AssemblyOptions {
  readonly chain: Chain;
  readonly config: Pick<NodeConfig, 'mempool' | 'mine'>;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly createNetwork: (chain: ChainView) => Network | Promise<Network>;
  /** Told of what a node cannot go on with. */
  readonly onFailure: (error: unknown) => void;
  /** Starts a mining thread; absent: that of a real process. */
  readonly startMinerThread?: (() => MinerThread) | undefined;
}

/** The parts of a node that make it one of a network. */
export interface ChainServices {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly network: Network;
  readonly sync: Sync;
  readonly miner: Miner;
}

/** One part's start and end. */
export interface ServiceStep {
  readonly name: string;
  start(): void | Promise<void>;
  stop(): Promise<void>;
}

/** Makes the parts on an open chain, not started. Throws what they throw: `badPeerKey`, `mineAddressMissing`, `sealKeyMissing`, `badSealKey`. */
export async function createServices(options: AssemblyOptions): Promise<ChainServices> {
  const { chain, config, runtime, log, createNetwork, onFailure, startMinerThread } = options;
  const child = (service: string) => log.child({ service });
  chain.on('failure', onFailure);
  const mempool = new Mempool({ chain, config: config.mempool, runtime, log: child('mempool') });
  // First of the chain's listeners: everybody after it finds the pool at the new head.
  chain.on('head', (event) => mempool.onHead(event));
  const network = await createNetwork(chain);
  const sync = createSync({ chain, mempool, network, runtime, log: child('sync'), minerAddress: config.mine.address });
  const miner = Miner.create({
    chain,
    mempool,
    network,
    peerChains: sync.peerChains,
    config: config.mine,
    runtime,
    log: child('miner'),
    onFailure,
    ...(startMinerThread === undefined ? {} : { startThread: startMinerThread }),
  });
  return { chain, mempool, network, sync, miner };
}

/** The order in which the parts start: sync listens before the network brings the first peer, and has nothing to do until then. They stop in the reverse. */
export function serviceSteps({ sync, network, miner }: ChainServices): ServiceStep[] {
  return [
    { name: 'sync', start: () => sync.start(), stop: () => sync.stop() },
    { name: 'network', start: () => network.start(), stop: () => network.stop() },
    { name: 'miner', start: () => miner.start(), stop: () => miner.stop() },
  ];
}
