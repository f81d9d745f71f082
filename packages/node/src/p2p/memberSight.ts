import { type Hash, unlessDamaged } from '@wattchain/core';
import type { Logger } from '../base/log.js';
import type { Stopwatch } from '../runtime.js';
import { MEMBERSHIP } from './limits.js';
import {
  type MemberHead,
  type MembersChain,
  type MembersSeen,
  MemberWatch,
  type MemberWatchOptions,
} from './members.js';
import type { ChainView } from './serving.js';

type SightedChain = Pick<ChainView, 'genesis' | 'head' | 'headerByHash' | 'canonicalHash'>;

export interface MemberSightOptions extends Omit<MemberWatchOptions, 'ownChain' | 'blockIntervalMs'> {
  readonly chain: SightedChain;
  readonly stopwatch: Stopwatch;
  readonly log: Logger;
  /** Another number of members is seen than before. */
  readonly onChange: (members: MembersSeen) => void;
}

/** A {@link MemberWatch} in a running node: it knows what time it is, and tells of what changes. */
export class MemberSight {
  readonly #watch: MemberWatch;
  /** Members that were seen when it was last told: at first this node alone. */
  #seenBefore = 1;
  /** Own height when all peers were last asked for their status. */
  #askedHeight = 0;
  #isRunning = false;

  /** Throws `badConfig`, see {@link MemberWatch}. */
  constructor(private readonly options: MemberSightOptions) {
    const { chain } = options;
    const { blockIntervalMs } = chain.genesis;
    this.#watch = new MemberWatch({ ...options, blockIntervalMs, ownChain: membersChain(chain) });
  }

  get seen(): MembersSeen {
    return this.#watch.seenAt(this.options.stopwatch.elapsedMs());
  }

  has(peerId: string): boolean {
    return this.#watch.has(peerId);
  }

  /** From now on it tells; once, that this node is not among those that it was told of. */
  start(): void {
    const { self, members = [], log } = this.options;
    this.#isRunning = true;
    if (members.length === 0 || members.includes(self)) return;
    log.warn({ peer: self }, 'this node is not among p2p.members: it counts itself as one more');
  }

  /** Members that leave because this node stops are no news. */
  stop(): void {
    this.#isRunning = false;
  }

  /** All peers are asked for their status now. */
  onAsk(): void {
    this.#askedHeight = this.options.chain.head.header.height;
  }

  /** Whether so many blocks have come since peers were last asked that it is time again, whatever the clock says. */
  isDue(): boolean {
    return this.options.chain.head.header.height - this.#askedHeight >= MEMBERSHIP.blocks / 2;
  }

  /** See {@link MemberWatch.onHead}. */
  onHead(peerId: string, head: MemberHead): void {
    this.#watch.onHead(peerId, head);
    this.review();
  }

  /** See {@link MemberWatch.onAnswer}. */
  onAnswer(peerId: string, sentMs: number, clockOffsetMs: number | undefined): void {
    this.#watch.onAnswer(peerId, sentMs, clockOffsetMs);
    this.review();
  }

  /** See {@link MemberWatch.onParted}. */
  onParted(peerId: string, isParted: boolean): void {
    this.#watch.onParted(peerId, isParted);
  }

  onGone(peerId: string): void {
    this.#watch.onGone(peerId);
    this.review();
  }

  /** Tells what changed, which time or the own chain alone may have done; in the log, when too few or enough are seen. */
  review(): void {
    if (!this.#isRunning) return;
    const { log, onChange } = this.options;
    const members = this.seen;
    const { seen, needed } = members;
    const seenBefore = this.#seenBefore;
    if (seen === seenBefore) return;
    this.#seenBefore = seen;
    if (seenBefore < needed && seen >= needed) log.info(members, 'enough members answer from this chain');
    if (seenBefore >= needed && seen < needed)
      log.warn(members, 'too few members answer from this chain: this node does not mine');
    onChange(members);
  }
}

function membersChain(chain: SightedChain): MembersChain {
  return {
    genesisHash: chain.genesis.hash,
    get height() {
      return chain.head.header.height;
    },
    get totalWork() {
      return chain.head.totalWork;
    },
    sharedHeight: (head) => unlessDamaged(() => sharedHeight(chain, head), undefined),
  };
}

/** See {@link MembersChain.sharedHeight}; it looks no further back than the rule of members does. */
function sharedHeight(chain: SightedChain, head: Hash): number | undefined {
  const leastHeight = chain.head.header.height - MEMBERSHIP.blocks;
  let record = chain.headerByHash(head);
  while (record && record.header.height > leastHeight) {
    const { height, parentHash } = record.header;
    if (chain.canonicalHash(height) === record.hash) return height;
    record = chain.headerByHash(parentHash);
  }
  return record?.header.height;
}
