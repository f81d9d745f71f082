import type { Hash } from '@wattchain/core';
import type { Chain } from '../chain/chain.js';
import type { Network } from '../p2p/network.js';
import type { Clock } from '../runtime.js';
import type { Sync } from '../sync/sync.js';
import { maxHeadAgeMs } from '../sync/warnings.js';

/** What health looks at. */
export interface HealthSources {
  readonly chain: Pick<Chain, 'head' | 'genesis' | 'damage'>;
  readonly network: Pick<Network, 'peers'>;
  readonly sync: Pick<Sync, 'status' | 'warnings'>;
  readonly clock: Clock;
}

/** Whether a node is of use to those who ask it now. */
export interface Health {
  readonly healthy: boolean;
  /** What is wrong, sentences; empty when healthy. */
  readonly problems: readonly string[];
  /** What a person should look at although the node serves: another chain among its peers, its clock, its own blocks. Sentences. */
  readonly warnings: readonly string[];
  readonly head: {
    readonly hash: Hash;
    readonly height: number;
    readonly timestampMs: number;
    /** By this node's clock; 0 while the block's time is still ahead of it. */
    readonly ageMs: number;
  };
  readonly peers: number;
  readonly syncing: boolean;
}

/** The health of a node: its head is recent and it is not catching up. Peers are told and not judged, one node alone may mine. */
export function nodeHealth({ chain, network, sync, clock }: HealthSources): Health {
  const { hash, header } = chain.head;
  const ageMs = Math.max(0, clock.nowMs() - header.timestampMs);
  const limitMs = maxHeadAgeMs(chain.genesis);
  const { syncing, currentHeight, highestHeight } = sync.status();
  // The blocks of a development chain come when its developer asks for them.
  const isOld = !chain.genesis.development && ageMs > limitMs;
  const problems = [
    ...(syncing ? [`the node catches up: block ${currentHeight} of ${highestHeight}`] : []),
    ...(chain.damage?.stopped ? [`the node takes no more blocks: ${chain.damage.detail}`] : []),
    ...(isOld ? [`the newest block is ${Math.round(ageMs / 1000)} s old, at most ${limitMs / 1000} s are usual`] : []),
  ];
  return {
    healthy: problems.length === 0,
    problems,
    warnings: sync.warnings().map(({ detail }) => detail),
    head: { hash, height: header.height, timestampMs: header.timestampMs, ageMs },
    peers: network.peers().length,
    syncing,
  };
}
