import type { Mempool } from '../mempool/mempool.js';
import type { Chain } from '../chain/chain.js';
import type { MineConfig } from '../config.js';
import type { Logger } from '../log.js';
import type { Runtime } from '../runtime.js';
import type { Network } from '../p2p/network.js';
import type { MinerStatus } from './types.js';

export interface MinerOptions {
  readonly chain: Chain; readonly mempool: Mempool;
  readonly network: Pick<Network, 'handshakes' | 'bestKnownWork' | 'announceBlock' | 'on'>;
  readonly config: MineConfig; readonly runtime: Runtime; readonly log: Logger;
}

// SIGNATURES FIRST (bodies follow within minutes)
export declare class Miner {
  static create(options: MinerOptions): Miner;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Throws mineAddressMissing / sealKeyMissing. */
  setEnabled(enabled: boolean): void;
  status(): MinerStatus;
}
