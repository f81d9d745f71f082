import type { Transaction } from '@wattchain/core';
import { describe, expect, it } from 'vitest';
import type { Entry } from './accountQueue.js';
import { PoolOrder } from './poolOrder.js';

/** The entry of a transaction of an account of its own; counts how often somebody asks what it pays. */
function createEntries(count: number) {
  let asked = 0;
  const entries = Array.from({ length: count }, (_, sequence): Entry => {
    const transaction = { nonce: 0, sender: `0x${sequence}` } as Transaction;
    const priceWei = BigInt((sequence * 7_919) % count);
    return {
      transaction,
      origin: sequence % 3 === 0 ? 'gossip' : 'local',
      addedMs: 0,
      get priceWei() {
        asked++;
        return priceWei;
      },
      sequence,
      queuedSinceMs: undefined,
    };
  });
  return {
    entries,
    asked: () => asked,
    forget: () => {
      asked = 0;
    },
  };
}

const NONE = { first: undefined, last: undefined, isLastReady: true };
const endsOf = (entry: Entry) => ({ first: entry, last: entry, isLastReady: true });

describe('the order of a pool', () => {
  it('costs as much as is taken of it', () => {
    const { entries, asked, forget } = createEntries(4_096);
    const order = new PoolOrder();
    for (const entry of entries) order.move(NONE, endsOf(entry));
    const dearest = [...entries].sort((a, b) => Number(b.priceWei - a.priceWei)).map(({ transaction }) => transaction);
    forget();
    const taken: unknown[] = [];
    for (const transaction of order.inOrder(() => undefined)) if (taken.push(transaction) === 10) break;
    expect(taken).toEqual(dearest.slice(0, 10));
    expect(asked()).toBeLessThan(400);
  });

  it('finds who makes room without looking at everybody', () => {
    const { entries, asked, forget } = createEntries(4_096);
    const order = new PoolOrder();
    for (const entry of entries) order.move(NONE, endsOf(entry));
    const cheapestFirst = [...entries].sort((a, b) => Number(a.priceWei - b.priceWei));
    const gossip = cheapestFirst.filter(({ origin }) => origin === 'gossip');
    const [cheapest, second] = cheapestFirst as [Entry, Entry];
    forget();
    const all = ['local', 'gossip'] as const;
    expect(order.cheapestLast('0x', all, true)).toBe(cheapest);
    expect(order.cheapestLast(cheapest.transaction.sender, all, true)).toBe(second);
    expect(order.cheapestLast('0x', ['gossip'], true)).toBe(gossip[0]);
    expect(order.cheapestLast('0x', all, false)).toBeUndefined();
    order.move(endsOf(cheapest), NONE);
    expect(order.cheapestLast('0x', all, true)).toBe(second);
    expect(asked()).toBeLessThan(200);
  });
});
