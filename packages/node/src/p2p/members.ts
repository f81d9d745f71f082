import { type Hash, maxLeadMs, WattchainError } from '@wattchain/core';
import { MEMBERSHIP, PATIENCE } from './limits.js';

/** How many of the network's members answer this node from its own chain, itself included. */
export interface MembersSeen {
  readonly seen: number;
  /** So many must be seen before this node mines. */
  readonly needed: number;
  /** Those that the configuration names, and this node; where it names none, the peers that have answered, and this node. */
  readonly total: number;
  /** Peer ids of the named members that do not answer, or whose clock is off. */
  readonly silent: readonly string[];
  /** Peer ids of the named members that answer, and whose chain is not this node's any more, as far as it knows. */
  readonly apart: readonly string[];
}

/** Where a member's chain ends, as it says. */
export interface MemberHead {
  readonly hash: Hash;
  readonly totalWork: bigint;
}

/** What a {@link MemberWatch} asks this node's chain. */
export interface MembersChain {
  readonly genesisHash: Hash;
  readonly height: number;
  readonly totalWork: bigint;
  /** Height of the newest block that the own chain shares with the one that ends in this block; `undefined` where that is not known. */
  sharedHeight(head: Hash): number | undefined;
}

export interface MemberWatchOptions {
  /** Own peer id. */
  readonly self: string;
  /** Peer ids that make up the network, with or without this node's own; absent or empty: whoever makes a handshake. */
  readonly members?: readonly string[] | undefined;
  /** How many must be seen; absent: a strict majority, two where no members are named. */
  readonly minMembers?: number | undefined;
  readonly blockIntervalMs: number;
  readonly ownChain: MembersChain;
}

/** What is known of a member. */
interface Sight {
  /** When the last question was sent that it answered; absent: it is not connected, did not answer yet, or its clock is off. */
  answeredMs?: number | undefined;
  /** Where its chain ends, as it said last. */
  head: MemberHead;
  /** The last such end that this node had, too. */
  known: Hash;
  /** Its chain and the own one have parted for good. */
  isParted: boolean;
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
 * Knows which members of the network are with this node. A member is seen while it has answered a status request of ours that was sent within
 * the window, by a clock like this node's, and while its chain is ours up to fewer than {@link MEMBERSHIP.blocks} blocks below our
 * head. Two parts of a network cannot both have a strict majority so, whether they do not hear each other or are merely slow to take each other's
 * blocks; and the part that had one when they parted stops before it confirms a block that the other one does not have. What a member is
 * on that this node does not know yet says nothing: until then it counts from the last block that both had. Of two chains with the same work
 * the next block decides, so who is on the other one counts; and where chains have parted for good, whoever answers does, for stopping would mend nothing. Pure: whoever uses it says what time it is.
 */
export class MemberWatch {
  readonly #named: ReadonlySet<string>;
  readonly #needed: number;
  readonly #windowMs: number;
  /** By peer id. Of named members it outlasts connections: what they had when a cable was cut counts when it is mended. */
  readonly #sights = new Map<string, Sight>();

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

  /** A peer said, asked or not, where its chain ends. */
  onHead(peerId: string, head: MemberHead): void {
    if (!this.#isCounted(peerId)) return;
    const sight = this.#sights.get(peerId);
    if (!sight) {
      this.#sights.set(peerId, { head, known: this.options.ownChain.genesisHash, isParted: false });
      return;
    }
    // What was unknown when it was said may have come since.
    if (this.options.ownChain.sharedHeight(sight.head.hash) !== undefined) sight.known = sight.head.hash;
    sight.head = head;
  }

  /**
   * A peer that said where its chain ends answered the status request that was sent at this time of the stopwatch; its clock was so far from this node's, as far as it says one. Where that is
   * more than half of what blocks may lead, one of the two does not take what the other mines, so it counts as one that is not heard.
   */
  onAnswer(peerId: string, sentMs: number, clockOffsetMs = 0): void {
    const sight = this.#sights.get(peerId);
    if (sight) sight.answeredMs = Math.abs(clockOffsetMs) > maxLeadMs(this.options) / 2 ? undefined : sentMs;
  }

  /** Whether a peer's chain and the own one have parted so far back that neither side leaves its own any more. */
  onParted(peerId: string, isParted: boolean): void {
    const sight = this.#sights.get(peerId);
    if (sight) sight.isParted = isParted;
  }

  /** The last connection to a peer closed: nothing can come from it until it answers again. */
  onGone(peerId: string): void {
    const sight = this.#sights.get(peerId);
    if (!sight) return;
    if (this.has(peerId)) sight.answeredMs = undefined;
    else this.#sights.delete(peerId);
  }

  /** Who is seen at a time of the stopwatch. */
  seenAt(nowMs: number): MembersSeen {
    const isNamed = this.#named.size > 0;
    const others = isNamed
      ? [...this.#named].filter((peerId) => peerId !== this.options.self)
      : [...this.#sights].filter(([, { answeredMs }]) => answeredMs !== undefined).map(([peerId]) => peerId);
    const silent = others.filter((peerId) => !this.#answers(peerId, nowMs));
    const apart = others.filter((peerId) => !silent.includes(peerId) && !this.#isWithUs(peerId));
    return {
      seen: 1 + others.length - silent.length - apart.length,
      needed: this.#needed,
      total: 1 + others.length,
      silent: isNamed ? silent : [],
      apart: isNamed ? apart : [],
    };
  }

  #isCounted(peerId: string): boolean {
    return peerId !== this.options.self && (this.#named.size === 0 || this.has(peerId));
  }

  #answers(peerId: string, nowMs: number): boolean {
    const answeredMs = this.#sights.get(peerId)?.answeredMs;
    return answeredMs !== undefined && nowMs - answeredMs <= this.#windowMs;
  }

  #isWithUs(peerId: string): boolean {
    const { ownChain } = this.options;
    const sight = this.#sights.get(peerId);
    if (!sight) return false;
    if (sight.isParted || sight.head.totalWork === ownChain.totalWork) return true;
    const shared = ownChain.sharedHeight(sight.head.hash) ?? ownChain.sharedHeight(sight.known);
    return shared !== undefined && ownChain.height - shared < MEMBERSHIP.blocks;
  }
}
