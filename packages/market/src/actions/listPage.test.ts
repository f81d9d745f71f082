import { WattchainError } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import { listPage, readPages } from './listPage.js';

const same = async (id: bigint) => id;
const numbers = (read: (id: bigint) => Promise<bigint>) => ({ count: 3n, requestsEach: 1, read });

/** A contract with entries 1 to `count`, and what it was asked. */
function contract(count: bigint, isWanted: (id: bigint) => boolean) {
  const asked = { marks: 0, reads: [] as bigint[] };
  return {
    asked,
    entries: {
      count,
      requestsEach: 1,
      marks: async (first: bigint) => {
        asked.marks += 1;
        let word = 0n;
        for (let bit = 0n; bit < 256n; bit++) if (first + bit <= count && isWanted(first + bit)) word |= 1n << bit;
        return word;
      },
      read: async (id: bigint) => {
        asked.reads.push(id);
        return id;
      },
    },
  };
}

describe('a page', () => {
  it('leaves out what a reorganisation took back since it was counted', async () => {
    const read = async (id: bigint) => {
      if (id === 3n) throw new WattchainError('unknownOffer', 'there is no offer 3');
      return id;
    };
    expect(await listPage(numbers(read))).toEqual({ entries: [2n, 1n] });
  });

  it('does not hide that the node cannot be read', async () => {
    const failure = new WattchainError('nodeUnreachable', 'no node answers');
    await expect(listPage(numbers(() => Promise.reject(failure)))).rejects.toBe(failure);
  });

  it('is read from the newest on, no more than is shown, and goes on where it ended', async () => {
    const { entries, asked } = contract(1_000n, () => true);
    const first = await listPage({ ...entries, limit: 3 });
    expect(first).toEqual({ entries: [1_000n, 999n, 998n], next: 998n });
    expect(asked.reads).toEqual([1_000n, 999n, 998n]);
    expect(await listPage({ ...entries, limit: 2, before: 998n })).toEqual({ entries: [997n, 996n], next: 996n });
    expect(await listPage({ ...entries, limit: 2, before: 3n })).toEqual({ entries: [2n, 1n] });
    expect(await listPage({ ...entries, before: 1n })).toEqual({ entries: [] });
    expect((await listPage({ ...entries, limit: 1, before: 5_000n })).entries).toEqual([1_000n]);
  });

  it('of a state reads those in it alone, wherever they are among 10,000', async () => {
    for (const isWanted of [(id: bigint) => id <= 20n, (id: bigint) => id > 9_980n, (id: bigint) => id % 500n === 1n]) {
      const { entries, asked } = contract(10_000n, isWanted);
      const { entries: found } = await listPage({ ...entries, limit: 20 });
      const wanted = Array.from({ length: 10_000 }, (_, index) => 10_000n - BigInt(index)).filter(isWanted);
      expect(found).toEqual(wanted);
      expect(asked.reads).toEqual(wanted);
      expect(asked.marks).toBeLessThanOrEqual(Math.ceil(10_000 / 256));
    }
  });

  it.each([1n, 255n, 256n, 257n, 2_047n, 2_048n, 2_049n, 4_096n, 4_097n])('misses none of %s', async (count) => {
    const { entries } = contract(count, () => true);
    const all = await readPages((bounds) => listPage({ ...entries, ...bounds }));
    expect(all).toEqual(Array.from({ length: Number(count) }, (_, index) => BigInt(index + 1)));
  });

  it('looks at a bounded number, and says where to go on', async () => {
    const { entries, asked } = contract(100_000n, (id) => id === 1n);
    const empty = await listPage(entries);
    expect(empty).toEqual({ entries: [], next: 100_000n - 64n * 256n + 1n });
    expect(asked.marks).toBe(64);
    expect(await readPages((bounds) => listPage({ ...entries, ...bounds }))).toEqual([1n]);

    const picky = contract(100_000n, () => true);
    const rejected = await listPage({ ...picky.entries, accepts: (id) => id === 1n });
    expect(rejected).toEqual({ entries: [], next: 99_001n });
    expect(picky.asked.reads).toHaveLength(1_000);
  });

  it('asks for no more at once than a node takes, and for nothing beyond the part that it is in', async () => {
    let inFlight = 0;
    let most = 0;
    const read = async (id: bigint) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await Promise.resolve();
      inFlight -= 1;
      return id;
    };
    const even = await listPage({ count: 1_000n, requestsEach: 10, read, accepts: (id) => id % 2n === 0n, limit: 30 });
    expect(even.entries).toHaveLength(30);
    expect(most).toBe(5);
  });

  it.each([0, -1, 1.5, 501])('of %s entries is refused', async (limit) => {
    await expect(listPage({ ...numbers(same), limit })).rejects.toMatchObject({ code: 'badLimit' });
  });
});
