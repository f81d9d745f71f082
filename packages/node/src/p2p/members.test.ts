import { describe, expect, it } from 'vitest';
import { MAX_MEMBERS } from '../configFields.js';
import { MEMBERSHIP } from './limits.js';
import { MemberWatch, type MemberWatchOptions, memberPingMs, memberWindowMs } from './members.js';

const T = 1_000;
const at = (elapsedMs: number, height = 0) => ({ elapsedMs, height });
const watchOf = (options: Partial<MemberWatchOptions> = {}) =>
  new MemberWatch({ self: 'a', members: ['a', 'b', 'c', 'd'], blockIntervalMs: T, ...options });

/** Needed where so many are named. */
function neededOf(count: number): number {
  const members = Array.from({ length: count }, (_, index) => `member-${index}`);
  return watchOf({ self: 'member-0', members }).seenAt(at(0)).needed;
}

describe('a member is seen', () => {
  it('while it has answered a question that was sent within the window', () => {
    const watch = watchOf();
    expect(watch.seenAt(at(0))).toEqual({ seen: 1, needed: 3, total: 4, silent: ['b', 'c', 'd'] });
    watch.onAnswer('b', at(100));
    watch.onAnswer('c', at(200));
    expect(watch.seenAt(at(4_100))).toEqual({ seen: 3, needed: 3, total: 4, silent: ['d'] });
    expect(watch.seenAt(at(4_101))).toMatchObject({ seen: 2, silent: ['b', 'd'] });
    watch.onAnswer('b', at(4_000));
    expect(watch.seenAt(at(8_000))).toMatchObject({ seen: 2, silent: ['c', 'd'] });
  });

  it('until so many blocks have joined the own chain that more could not be taken back', () => {
    const watch = watchOf();
    for (const member of ['b', 'c']) watch.onAnswer(member, at(0, 100));
    expect(watch.seenAt(at(1, 99 + MEMBERSHIP.blocks)).seen).toBe(3);
    expect(watch.seenAt(at(1, 100 + MEMBERSHIP.blocks)).seen).toBe(1);
  });

  it('until its last connection closes', () => {
    const watch = watchOf();
    watch.onAnswer('b', at(0));
    watch.onGone('b');
    expect(watch.seenAt(at(0)).seen).toBe(1);
  });

  it('unless its clock is off by more than half of what blocks may lead: then one of the two does not take what the other mines', () => {
    const watch = watchOf();
    watch.onAnswer('b', at(0), 2_500);
    watch.onAnswer('c', at(0), -2_500);
    expect(watch.seenAt(at(0)).silent).toEqual(['d']);
    watch.onAnswer('b', at(1), 2_501);
    watch.onAnswer('c', at(1), -3_600_000);
    expect(watch.seenAt(at(1)).silent).toEqual(['b', 'c', 'd']);
    watch.onAnswer('b', at(2), 0);
    expect(watch.seenAt(at(2)).silent).toEqual(['c', 'd']);
  });

  it('and nobody else, nor a copy of this node', () => {
    const watch = watchOf();
    for (const peer of ['stranger', 'a']) watch.onAnswer(peer, at(0));
    expect(watch.seenAt(at(0))).toEqual({ seen: 1, needed: 3, total: 4, silent: ['b', 'c', 'd'] });
  });
});

describe('a strict majority', () => {
  it('counts this node, whether or not it is written among the members', () => {
    for (const members of [
      ['a', 'b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]) {
      expect(watchOf({ members }).seenAt(at(0))).toMatchObject({ needed: 3, total: 4 });
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
    expect(watchOf({ minMembers: 1 }).seenAt(at(0)).needed).toBe(1);
    expect(watchOf({ minMembers: 4 }).seenAt(at(0)).needed).toBe(4);
    expect(() => watchOf({ minMembers: 5 })).toThrow(
      'mine.minMembers in the configuration is 5, but with this node p2p.members makes 4',
    );
  });
});

describe('where no members are named', () => {
  it.each([undefined, []])('two are needed, whoever they are (%j)', (members) => {
    const watch = watchOf({ members });
    expect(watch.seenAt(at(0))).toEqual({ seen: 1, needed: 2, total: 1, silent: [] });
    watch.onAnswer('anybody', at(0));
    expect(watch.seenAt(at(4_000))).toEqual({ seen: 2, needed: 2, total: 2, silent: [] });
    expect(watch.seenAt(at(4_001))).toEqual({ seen: 1, needed: 2, total: 2, silent: [] });
    watch.onGone('anybody');
    expect(watch.seenAt(at(0)).total).toBe(1);
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
