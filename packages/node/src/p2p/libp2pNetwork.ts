import type { Logger } from '../base/log.js';
import type { P2pConfig } from '../config.js';
import type { Runtime } from '../runtime.js';
import { Libp2pTransport } from './libp2pTransport.js';
import type { Network } from './network.js';
import { readNetworkKey } from './networkKey.js';
import { loadPeerKey } from './peerKey.js';
import { PeerNetwork } from './peerNetwork.js';
import type { ChainView } from './serving.js';

export interface Libp2pNetworkOptions {
  readonly config: P2pConfig;
  /** Members that must be seen before this node mines; absent: see {@link P2pConfig.members}. */
  readonly minMembers?: number | undefined;
  /** Holds `peer.key`. */
  readonly dataDir: string;
  readonly chain: ChainView;
  /** Name and version of this software, at most 64 printable ASCII characters. */
  readonly agent: string;
  readonly runtime: Runtime;
  readonly log: Logger;
}

/** The network of a real node, not started. Errors: `badPeerKey`, `badNetworkKey`, `badConfig`. */
export async function createLibp2pNetwork(options: Libp2pNetworkOptions): Promise<Network> {
  const { config, minMembers, dataDir, chain, agent, runtime, log } = options;
  const transport = new Libp2pTransport({
    privateKey: await loadPeerKey(dataDir, runtime.random),
    genesis: chain.genesis,
    listen: config.listen,
    networkKey: config.pskPath === undefined ? undefined : await readNetworkKey(config.pskPath),
    scheduler: runtime.scheduler,
    log,
  });
  const { peers, allow, members } = config;
  return new PeerNetwork({ transport, chain, peers, allow, members, minMembers, agent, runtime, log });
}
