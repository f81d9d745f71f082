import { maxLeadMs, WattchainError } from '@wattchain/core';
import { MEMBERSHIP, PATIENCE } from './limits.js';

/** How many of the network's members answer this node, itself included. */
export interface MembersSeen {
  readonly seen: number;
  /** So many must be seen before this node mines. */
  readonly needed: number;
  /** Those that the configuration names, and this node; where it names none, the peers that have answered, and this node. */
  readonly total: number;
  /** Peer ids of the named members that are not seen. */
  readonly silent: readonly string[];
}

/** A moment of this node: by its stopwatch, which no clock moves, and by its own chain. */
export interface Moment {
  readonly elapsedMs: number;
  /** Of its head. */
  readonly height: number;
}

export interface MemberWatchOptions {
  /** Own peer id. */
  readonly self: string;
  /** Peer ids that make up the network, with or without this node's own; absent or empty: whoever makes a handshake. */
  readonly members?: readonly string[] | undefined;
  /** How many must be seen; absent: a strict majority, two where no members are named. */
  readonly minMembers?: number | undefined;
  readonly blockIntervalMs: number;
}

/** An answer counts for so long after its question was sent, milliseconds. */
export function memberWindowMs(blockIntervalMs: number): number {
  return Math.max(MEMBERSHIP.windowLeastMs, MEMBERSHIP.windowIntervals * blockIntervalMs);
}

/** Milliseconds between two questions to the same peer: several fall into each window. */
export function memberPingMs(blockIntervalMs: number): number {
  return Math.min(PATIENCE.statusMs, memberWindowMs(blockIntervalMs) / MEMBERSHIP.pingsPerWindow);
}

/**
 * Knows which members of the network answer: a member is seen while it has answered a status request of ours that was sent
 * within the window and less than {@link MEMBERSHIP.blocks} own blocks ago, by a clock like this node's. Two parts of a network that do not hear each
 * other cannot both see a strict majority; and the part that had one when they parted stops before it confirms a block
 * that the other one does not have. Pure: whoever uses it says what time it is.
 */
export class MemberWatch {
  readonly #named: ReadonlySet<string>;
  readonly #needed: number;
  readonly #windowMs: number;
  /** By peer id, when the last request that it answered was sent. */
  readonly #answered = new Map<string, Moment>();

  /** Throws `badConfig` when more members are needed than there are. */
  constructor(private readonly options: MemberWatchOptions) {
    const { self, members = [], minMembers, blockIntervalMs } = options;
    this.#named = new Set(members.length > 0 ? [...members, self] : []);
    const count = this.#named.size;
    if (minMembers !== undefined && count > 0 && minMembers > count) {
      throw new WattchainError(
        'badConfig',
        `mine.minMembers in the configuration is ${minMembers}, but with this node p2p.members makes ${count}`,
        {
          values: { minMembers, members: count },
          hint: 'leave mine.minMembers out: a strict majority of the members is the default',
        },
      );
    }
    this.#needed = minMembers ?? (count > 0 ? Math.floor(count / 2) + 1 : 2);
    this.#windowMs = memberWindowMs(blockIntervalMs);
  }

  /** Whether the configuration names this peer as a member. */
  has(peerId: string): boolean {
    return this.#named.has(peerId);
  }

  /**
   * A peer answered the status request that was sent at this moment; its clock was so far from this node's, as far as it says one. Where that is
   * more than half of what blocks may lead, one of the two does not take what the other mines, so it counts as one that is not heard.
   */
  onAnswer(peerId: string, sent: Moment, clockOffsetMs = 0): void {
    if (peerId === this.options.self) return;
    if (Math.abs(clockOffsetMs) > maxLeadMs(this.options) / 2) this.#answered.delete(peerId);
    else if (this.#named.size === 0 || this.has(peerId)) this.#answered.set(peerId, sent);
  }

  /** The last connection to a peer closed: nothing can come from it until it answers again. */
  onGone(peerId: string): void {
    this.#answered.delete(peerId);
  }

  /** Who is seen now. */
  seenAt(now: Moment): MembersSeen {
    const isSeen = (sent: Moment | undefined) =>
      sent !== undefined &&
      now.elapsedMs - sent.elapsedMs <= this.#windowMs &&
      now.height - sent.height < MEMBERSHIP.blocks;
    const isNamed = this.#named.size > 0;
    const others = isNamed
      ? [...this.#named].filter((peerId) => peerId !== this.options.self)
      : [...this.#answered.keys()];
    const silent = others.filter((peerId) => !isSeen(this.#answered.get(peerId)));
    return {
      seen: 1 + others.length - silent.length,
      needed: this.#needed,
      total: 1 + others.length,
      silent: isNamed ? silent : [],
    };
  }
}
