import type { Logger } from '../base/log.js';
import type { Stopwatch } from '../runtime.js';
import { MEMBERSHIP } from './limits.js';
import { type MembersSeen, MemberWatch, type MemberWatchOptions, type Moment } from './members.js';
import type { ChainView } from './serving.js';

export interface MemberSightOptions extends MemberWatchOptions {
  readonly chain: Pick<ChainView, 'head'>;
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
    this.#watch = new MemberWatch(options);
  }

  get seen(): MembersSeen {
    return this.#watch.seenAt(this.now());
  }

  has(peerId: string): boolean {
    return this.#watch.has(peerId);
  }

  now(): Moment {
    const { chain, stopwatch } = this.options;
    return { elapsedMs: stopwatch.elapsedMs(), height: chain.head.header.height };
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
    this.#askedHeight = this.now().height;
  }

  /** Whether so many blocks have come since peers were last asked that it is time again, whatever the clock says. */
  isDue(): boolean {
    return this.now().height - this.#askedHeight >= MEMBERSHIP.blocks / 2;
  }

  onAnswer(peerId: string, sent: Moment, clockOffsetMs: number | undefined): void {
    this.#watch.onAnswer(peerId, sent, clockOffsetMs);
    this.review();
  }

  onGone(peerId: string): void {
    this.#watch.onGone(peerId);
    this.review();
  }

  /** Tells what changed, which time alone may have done; in the log, when too few or enough are seen. */
  review(): void {
    if (!this.#isRunning) return;
    const { log, onChange } = this.options;
    const members = this.seen;
    const { seen, needed } = members;
    const seenBefore = this.#seenBefore;
    if (seen === seenBefore) return;
    this.#seenBefore = seen;
    if (seenBefore < needed && seen >= needed) log.info(members, 'enough members answer');
    if (seenBefore >= needed && seen < needed) log.warn(members, 'too few members answer: this node does not mine');
    onChange(members);
  }
}
