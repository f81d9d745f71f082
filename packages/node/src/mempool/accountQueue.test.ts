import type { Transaction } from '@wattchain/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALICE } from '../../testing/chainKit.js';
import { AccountQueue, type Entry } from './accountQueue.js';

const entryOf = (nonce: number, costWei: bigint): Entry => ({
  transaction: { nonce, costWei } as Transaction,
  origin: 'local',
  addedMs: 0,
  priceWei: 1n,
  sequence: 0,
  queuedSinceMs: undefined,
});

/** What a queue must say, worked out anew from all its entries. */
function readableTwin(entries: readonly Entry[], nonce: number, balance: bigint) {
  const ready: Entry[] = [];
  let costWei = 0n;
  for (const [i, entry] of entries.entries()) {
    costWei += entry.transaction.costWei;
    if (entry.transaction.nonce !== nonce + i || costWei > balance) break;
    ready.push(entry);
  }
  const gap = entries.findIndex((entry, i) => entry.transaction.nonce !== nonce + i);
  return { ready, queued: entries.slice(ready.length), nextNonce: nonce + (gap < 0 ? entries.length : gap) };
}

it('counts what is ready as if it counted anew each time, whatever comes and goes', () => {
  const nonce = fc.integer({ min: 0, max: 9 });
  const costWei = fc.bigInt(1n, 9n);
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), nonce, costWei }) },
    fc.record({ kind: fc.constant('remove' as const), nonce, costWei }),
    fc.record({ kind: fc.constant('state' as const), nonce, costWei: fc.bigInt(0n, 40n) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const queue = new AccountQueue(ALICE.address);
      let entries: Entry[] = [];
      let state = { nonce: 0, balance: 0n };
      const waitedSince = new Map<Entry, number>();
      for (const [nowMs, { kind, nonce, costWei }] of steps.entries()) {
        const entry = entryOf(nonce, costWei);
        const before = entries.filter(({ transaction }) => transaction.nonce < nonce);
        const together = [...before, entry];
        expect(queue.wouldBeReady(nonce, costWei)).toBe(
          readableTwin(together, state.nonce, state.balance).ready.length === together.length,
        );
        if (kind === 'state') {
          state = { nonce, balance: costWei };
          expect(queue.setState(nonce, costWei, nowMs)).toEqual(before);
          entries = entries.filter((other) => !before.includes(other));
        } else {
          const there = entries.find(({ transaction }) => transaction.nonce === nonce);
          expect(queue.at(nonce)).toBe(there);
          if (kind === 'remove' && there) queue.remove(there, nowMs);
          if (kind === 'put' && nonce >= state.nonce) queue.put(entry, nowMs);
          if (kind === 'remove' || nonce >= state.nonce) entries = entries.filter((other) => other !== there);
          if (kind === 'put' && nonce >= state.nonce) entries.push(entry);
          entries.sort((a, b) => a.transaction.nonce - b.transaction.nonce);
        }
        const { ready, queued, nextNonce } = readableTwin(entries, state.nonce, state.balance);
        for (const one of ready) waitedSince.delete(one);
        for (const one of queued) if (!waitedSince.has(one)) waitedSince.set(one, nowMs);
        expect([queue.entries.slice(0, queue.readyCount), queue.queued, queue.nextNonce]).toEqual([
          ready,
          queued,
          nextNonce,
        ]);
        expect(queue.readyAt(nonce)).toBe(ready.find(({ transaction }) => transaction.nonce === nonce));
        expect(queue.ends).toEqual({ first: ready[0], last: entries.at(-1), isLastReady: queued.length === 0 });
        expect([queue.readyCount, queue.queuedCount]).toEqual([ready.length, queued.length]);
        for (const one of ready) expect(one.queuedSinceMs).toBeUndefined();
        for (const one of queued) expect(one.queuedSinceMs).toBe(waitedSince.get(one));
      }
    }),
    { numRuns: 300 },
  );
});

it('costs as much however many stand before what goes, and a look at each to have none any more', () => {
  let looks = 0;
  const counted = (nonce: number): Entry => ({
    ...entryOf(nonce, 1n),
    transaction: {
      get nonce() {
        looks++;
        return nonce;
      },
      costWei: 1n,
    } as Transaction,
  });
  const COUNT = 4_096;
  const queue = new AccountQueue(ALICE.address);
  queue.setState(0, BigInt(COUNT), 0);
  const entries = Array.from({ length: COUNT }, (_, nonce) => counted(nonce));
  for (const entry of entries) queue.put(entry, 0);
  looks = 0;
  for (const entry of entries.slice(COUNT / 2).reverse()) queue.remove(entry, 1);
  // A search by halves and the entry itself.
  expect(looks).toBeLessThan((COUNT / 2) * 20);
  looks = 0;
  expect(queue.clear(2)).toEqual(entries.slice(0, COUNT / 2));
  expect(looks).toBeLessThanOrEqual(COUNT);
  expect([queue.entries, queue.readyCount, queue.queuedCount, queue.nextNonce]).toEqual([[], 0, 0, 0]);
  queue.put(counted(0), 3);
  expect(queue.readyCount).toBe(1);
});
