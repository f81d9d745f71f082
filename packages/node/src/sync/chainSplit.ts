import { type Genesis, type HeaderRecord, isBetter } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Chain } from '../chain/chain.js';
import { CHAIN_FOLDER } from '../config.js';
import { undoDepth } from '../store/schema.js';

/** A chain that a peer has shown, and where it leaves ours. */
export interface OtherChain {
  readonly peerId: string;
  /** The newest block that both share. */
  readonly fork: HeaderRecord;
  /** Tip of the peer's chain. */
  readonly other: HeaderRecord;
}

/** Two chains with confirmed blocks on both: no node leaves either by itself. */
export interface ChainSplit extends OtherChain {
  readonly head: HeaderRecord;
}

/**
 * What an operator can do to make this node give way where no override helps: the split began further back than blocks can be undone.
 * `undefined` where one helps.
 */
export function wayWithoutOverride({ fork, head }: ChainSplit, genesis: Genesis): string | undefined {
  const most = undoDepth(genesis);
  if (head.header.height - fork.header.height <= most) return undefined;
  return `where this node shall give way, stop it, delete the folder "${CHAIN_FOLDER}" of its data directory and start it again: more than ${most} blocks cannot be undone`;
}

/** Part of our own work since the fork that a lighter chain must have to be called a split: cheap forks raise no alarm. */
const SPLIT_WORK_DIVISOR = 8n;

/** Knows whether a peer is on a chain that neither side leaves by itself, on the heavier side and on the lighter one. */
export class SplitWatch {
  #current: ChainSplit | undefined;

  constructor(private readonly options: { readonly chain: Chain; readonly log: Logger }) {}

  get current(): ChainSplit | undefined {
    return this.#current;
  }

  /** Takes what the peers have shown now. Says once when a split begins and when it is over; the chain tells of what it refuses. */
  review(others: readonly OtherChain[]): void {
    const { chain, log } = this.options;
    const { head } = chain;
    const before = this.#current;
    const [heaviest] = others
      .filter((other) => this.isSplit(other))
      .sort((a, b) => (isBetter(a.other, b.other) ? -1 : 1));
    this.#current = heaviest && { ...heaviest, head };
    if (!heaviest) {
      if (before) log.info({ peer: before.peerId, fork: before.fork.hash }, 'no peer is on another chain any more');
      return;
    }
    const { peerId, fork, other } = heaviest;
    const isHeavier = isBetter(other, head);
    if (before?.fork.hash === fork.hash && isHeavier === isBetter(before.other, before.head)) return;
    if (isHeavier) chain.checkReorg(fork, other);
    log.error(
      { peer: peerId, fork: fork.header.height, other: other.hash },
      'a peer confirmed blocks of another chain',
    );
  }

  /** Whether the chains from the fork to our head and to the other tip are both there to stay. */
  isSplit({ fork, other }: OtherChain): boolean {
    const { chain } = this.options;
    const { head, genesis } = chain;
    if (isBetter(other, head)) return chain.reorgFault(fork) !== undefined;
    const ownWork = head.totalWork - fork.totalWork;
    const otherWork = other.totalWork - fork.totalWork;
    const isConfirmedThere = other.header.height - fork.header.height >= genesis.confirmations;
    return isConfirmedThere && ownWork > 0n && otherWork * SPLIT_WORK_DIVISOR >= ownWork;
  }
}
