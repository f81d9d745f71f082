import type { Hash } from '@wattchain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_MEMBERS } from '../configFields.js';
import { MEMBERSHIP } from './limits.js';
import {
  type MemberHead,
  type MembersChain,
  MemberWatch,
  type MemberWatchOptions,
  memberPingMs,
  memberWindowMs,
} from './members.js';

const T = 1_000;
/** This node's chain: block `0xN` is the one of height N, and whatever else is known is in `beside`: where it leaves the chain. */
class OwnChain implements MembersChain {
  readonly genesisHash = '0x0';
  height = 100;
  work: bigint | undefined;
  readonly beside = new Map<string, number>();

  get totalWork(): bigint {
    return this.work ?? BigInt(this.height) * 10n;
  }

  sharedHeight(head: Hash): number | undefined {
    const height = Number(head);
    return height <= this.height ? height : this.beside.get(head);
  }
}
let ownChain: OwnChain;
beforeEach(() => {
  ownChain = new OwnChain();
});
const watchOf = (options: Partial<MemberWatchOptions> = {}) =>
  new MemberWatch({ self: 'a', members: ['a', 'b', 'c', 'd'], blockIntervalMs: T, ownChain, ...options });
/** A block of the own chain, or `beside`. */
const blockAt = (height: number, totalWork = BigInt(height) * 10n): MemberHead => ({
  hash: `0x${height.toString(16)}`,
  totalWork,
});

/** A member answers the question that was sent at a time, from the own chain's head. */
function answer(watch: MemberWatch, peerId: string, sentMs: number, clockOffsetMs?: number): void {
  watch.onHead(peerId, blockAt(ownChain.height));
  watch.onAnswer(peerId, sentMs, clockOffsetMs);
}

/** Needed where so many are named. */
function neededOf(count: number): number {
  const members = Array.from({ length: count }, (_, index) => `member-${index}`);
  return watchOf({ self: 'member-0', members }).seenAt(0).needed;
}

describe('a member is seen', () => {
  it('while it has answered a question that was sent within the window', () => {
    const watch = watchOf();
    expect(watch.seenAt(0)).toEqual({ seen: 1, needed: 3, total: 4, silent: ['b', 'c', 'd'], apart: [] });
    answer(watch, 'b', 100);
    answer(watch, 'c', 200);
    expect(watch.seenAt(4_100)).toEqual({ seen: 3, needed: 3, total: 4, silent: ['d'], apart: [] });
    expect(watch.seenAt(4_101)).toMatchObject({ seen: 2, silent: ['b', 'd'] });
    answer(watch, 'b', 4_000);
    expect(watch.seenAt(8_000)).toMatchObject({ seen: 2, silent: ['c', 'd'] });
  });

  it('until the own chain has grown by so many blocks beyond what it has that more could not be taken back', () => {
    const watch = watchOf();
    for (const member of ['b', 'c']) answer(watch, member, 0);
    ownChain.height += MEMBERSHIP.blocks - 1;
    expect(watch.seenAt(1).seen).toBe(3);
    ownChain.height++;
    expect(watch.seenAt(1)).toEqual({ seen: 1, needed: 3, total: 4, silent: ['d'], apart: ['b', 'c'] });
    // An answer alone does not show that it has taken the blocks.
    watch.onAnswer('b', 1);
    expect(watch.seenAt(1).seen).toBe(1);
    watch.onHead('b', blockAt(101));
    expect(watch.seenAt(1)).toMatchObject({ seen: 2, apart: ['c'] });
  });

  it('by what both have, where it is on a block that this node does not know, until this node knows it', () => {
    const watch = watchOf();
    answer(watch, 'b', 0);
    watch.onHead('b', blockAt(0x999));
    watch.onHead('b', blockAt(0x99a));
    ownChain.height += MEMBERSHIP.blocks - 1;
    expect(watch.seenAt(0).seen).toBe(2);
    ownChain.height++;
    expect(watch.seenAt(0)).toMatchObject({ seen: 1, apart: ['b'] });
    // It was on a side chain from block 103 on.
    ownChain.beside.set('0x99a', 103);
    expect(watch.seenAt(0)).toMatchObject({ seen: 2, apart: [] });
    watch.onHead('b', blockAt(0x99b));
    ownChain.height = 102 + MEMBERSHIP.blocks;
    expect(watch.seenAt(0).seen).toBe(2);
    ownChain.height++;
    expect(watch.seenAt(0).seen).toBe(1);
  });

  it('from genesis on, where nothing that it said is known', () => {
    const watch = watchOf();
    watch.onHead('b', blockAt(0x999));
    watch.onAnswer('b', 0);
    expect(watch.seenAt(0)).toMatchObject({ seen: 1, apart: ['b'] });
    ownChain.height = MEMBERSHIP.blocks - 1;
    expect(watch.seenAt(0)).toMatchObject({ seen: 2, apart: [] });
  });

  it('after its cable was mended from what it had before, not from what this node has made meanwhile', () => {
    const watch = watchOf();
    answer(watch, 'b', 0);
    watch.onGone('b');
    ownChain.height += MEMBERSHIP.blocks;
    watch.onHead('b', blockAt(0x999));
    watch.onAnswer('b', 1_000);
    expect(watch.seenAt(1_000)).toMatchObject({ seen: 1, apart: ['b'] });
  });

  it('where its chain has the same work, so that two halves that stopped at the same height go on', () => {
    const watch = watchOf();
    answer(watch, 'b', 0);
    ownChain.height += MEMBERSHIP.blocks;
    watch.onHead('b', blockAt(0x999, ownChain.totalWork));
    expect(watch.seenAt(0).seen).toBe(2);
    ownChain.height++;
    expect(watch.seenAt(0).seen).toBe(1);
  });

  it('where its chain has parted from this one for good: an operator has to decide, and stopping mends nothing', () => {
    const watch = watchOf();
    answer(watch, 'b', 0);
    ownChain.height += MEMBERSHIP.blocks;
    watch.onParted('b', true);
    expect(watch.seenAt(0).seen).toBe(2);
    expect(watch.seenAt(4_001).seen).toBe(1);
    watch.onParted('b', false);
    expect(watch.seenAt(0).seen).toBe(1);
  });

  it('until its last connection closes', () => {
    const watch = watchOf();
    answer(watch, 'b', 0);
    watch.onGone('b');
    expect(watch.seenAt(0).seen).toBe(1);
  });

  it('unless its clock is off by more than half of what blocks may lead: then one of the two does not take what the other mines', () => {
    const watch = watchOf();
    answer(watch, 'b', 0, 2_500);
    answer(watch, 'c', 0, -2_500);
    expect(watch.seenAt(0).silent).toEqual(['d']);
    answer(watch, 'b', 1, 2_501);
    answer(watch, 'c', 1, -3_600_000);
    expect(watch.seenAt(1).silent).toEqual(['b', 'c', 'd']);
    answer(watch, 'b', 2, 0);
    expect(watch.seenAt(2).silent).toEqual(['c', 'd']);
  });

  it('and nobody else, nor a copy of this node', () => {
    const watch = watchOf();
    for (const peer of ['stranger', 'a']) answer(watch, peer, 0);
    expect(watch.seenAt(0)).toEqual({ seen: 1, needed: 3, total: 4, silent: ['b', 'c', 'd'], apart: [] });
  });
});

describe('a strict majority', () => {
  it('counts this node, whether or not it is written among the members', () => {
    for (const members of [
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]) {
      expect(watchOf({ members }).seenAt(0)).toMatchObject({ needed: 3, total: 4 });
    }
  });

  it('is not on two sides at once, also where one of them has a list that is one member shorter', () => {
    expect([1, 2, 3, 4, 5].map(neededOf)).toEqual([1, 2, 2, 3, 3]);
    for (let count = 2; count <= MAX_MEMBERS; count++) {
      expect(2 * neededOf(count)).toBeGreaterThan(count);
      expect(neededOf(count) + neededOf(count - 1)).toBeGreaterThan(count);
    }
  });

  it('gives way to a number of the configuration, of as many as there are', () => {
    expect(watchOf({ minMembers: 1 }).seenAt(0).needed).toBe(1);
    expect(watchOf({ minMembers: 4 }).seenAt(0).needed).toBe(4);
    expect(() => watchOf({ minMembers: 5 })).toThrow(
      'mine.minMembers in the configuration is 5, but with this node p2p.members makes 4',
    );
  });
});

describe('where no members are named', () => {
  it.each([undefined, []])('two are needed, whoever they are (%j)', (members) => {
    const watch = watchOf({ members });
    expect(watch.seenAt(0)).toEqual({ seen: 1, needed: 2, total: 1, silent: [], apart: [] });
    answer(watch, 'anybody', 0);
    expect(watch.seenAt(4_000)).toEqual({ seen: 2, needed: 2, total: 2, silent: [], apart: [] });
    expect(watch.seenAt(4_001)).toEqual({ seen: 1, needed: 2, total: 2, silent: [], apart: [] });
    watch.onGone('anybody');
    expect(watch.seenAt(0).total).toBe(1);
  });
});

it.each([
  [100, 2_000, 500],
  [500, 2_000, 500],
  [1_000, 4_000, 1_000],
  [15_000, 60_000, 10_000],
])('at an interval of %i ms an answer counts %i ms, and is asked for every %i ms', (interval, windowMs, pingMs) => {
  expect([memberWindowMs(interval), memberPingMs(interval)]).toEqual([windowMs, pingMs]);
  // A cut is felt within the window and one look more.
  if (interval >= 1_000) expect(windowMs + pingMs).toBeLessThanOrEqual(6 * interval);
});
