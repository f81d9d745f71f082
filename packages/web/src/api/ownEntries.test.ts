import type { Address } from 'viem';
import { describe, expect, test } from 'vitest';
import { ownEntries } from './ownEntries.js';

const [ME, OTHER] = ['a', 'b'].map((digit): Address => `0x${digit.repeat(40)}`) as [Address, Address];

/** A contract's list of so many entries of others; reads are counted. */
function listOf(holders: Address[]) {
  const list = { holders, reads: 0 };
  return {
    list,
    count: async () => BigInt(list.holders.length),
    read: async (id: bigint) => {
      list.reads += 1;
      return { id, holder: list.holders[Number(id) - 1] as Address };
    },
  };
}
const others = (count: number) => Array.from({ length: count }, () => OTHER);

describe("a holder's own entries of a list that others fill", () => {
  test('are all found, newest first, with a bounded number of requests a look', async () => {
    const source = listOf([ME, ...others(300), ME, ...others(5)]);
    const look = ownEntries(source, ME, 10);
    const first = await look();
    expect(first.newest.map(({ id }) => id)).toEqual([302n]);
    expect(first.isComplete).toBe(false);
    let looks = 1;
    for (let known = first; !known.isComplete; looks += 1) {
      source.list.reads = 0;
      known = await look();
      expect(source.list.reads).toBeLessThan(70);
    }
    expect(looks).toBeLessThan(12);
    expect((await look()).newest.map(({ id }) => id)).toEqual([302n, 1n]);
    // What is another's was read once; from now on the newest are looked at, and what is one's own.
    source.list.reads = 0;
    await look();
    expect(source.list.reads).toBeLessThan(15);
  });

  test('follow what comes, however much at once', async () => {
    const source = listOf([]);
    const look = ownEntries(source, ME, 2);
    expect(await look()).toEqual({ newest: [], known: 0, isComplete: true });
    source.list.holders = [...others(90), ME, ME, ME];
    expect((await look()).isComplete).toBe(false);
    await look();
    const all = await look();
    expect([all.newest.map(({ id }) => id), all.known, all.isComplete]).toEqual([[93n, 92n], 3, true]);
  });

  test('are given up where a reorganisation gives the number to another', async () => {
    const source = listOf([OTHER, ME]);
    const look = ownEntries(source, ME, 5);
    expect((await look()).known).toBe(1);
    source.list.holders = [ME];
    expect((await look()).newest.map(({ id }) => id)).toEqual([1n]);
  });
});
