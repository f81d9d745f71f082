import type { Address, Transaction } from '@wattchain/core';
import type { Entry, QueueEnds } from './accountQueue.js';
import { Heap } from './heap.js';
import { IndexedHeap } from './indexedHeap.js';
import type { TransactionOrigin } from './types.js';

/** An entry that comes next, and its place in the heap of firsts, if it has one. */
interface Candidate {
  readonly entry: Entry;
  readonly place: number | undefined;
}

/** The accounts of a pool in the order of what they pay, kept up as they change. */
export class PoolOrder {
  readonly #firsts = new IndexedHeap<Entry>(isBefore);
  readonly #lasts = {
    ready: { local: cheapestFirst(), gossip: cheapestFirst() },
    queued: { local: cheapestFirst(), gossip: cheapestFirst() },
  };

  /** An account's queue changed. */
  move(before: QueueEnds, after: QueueEnds): void {
    if (before.first !== after.first) {
      if (before.first) this.#firsts.delete(before.first);
      if (after.first) this.#firsts.put(after.first);
    }
    if (before.last === after.last && before.isLastReady === after.isLastReady) return;
    if (before.last) this.#lastsOf(before.isLastReady)[before.last.origin].delete(before.last);
    if (after.last) this.#lastsOf(after.isLastReady)[after.last.origin].put(after.last);
  }

  /** Of the last transactions of all accounts but `sender`, ready or not, the one that pays least and came with one of `origins`. */
  cheapestLast(sender: Address, origins: readonly TransactionOrigin[], isReady: boolean): Entry | undefined {
    let cheapest: Entry | undefined;
    for (const origin of origins) {
      const [first, second] = this.#lastsOf(isReady)[origin].firstTwo;
      const entry = first?.transaction.sender === sender ? second : first;
      if (entry !== undefined && (cheapest === undefined || isBefore(cheapest, entry))) cheapest = entry;
    }
    return cheapest;
  }

  /**
   * The ready transactions of all accounts, those that pay most first, each account's in their order; `after` gives the one that follows.
   * Looks only at as many accounts as it gives transactions. What changes meanwhile may or may not be in it.
   */
  *inOrder(after: (entry: Entry) => Entry | undefined): Generator<Transaction, void, undefined> {
    const firsts = this.#firsts.items.slice();
    const next = new Heap<Candidate>((a, b) => isBefore(a.entry, b.entry));
    const add = (entry: Entry | undefined, place?: number) => {
      if (entry !== undefined) next.push({ entry, place });
    };
    add(firsts[0], 0);
    for (let candidate = next.pop(); candidate !== undefined; candidate = next.pop()) {
      const { entry, place } = candidate;
      yield entry.transaction;
      add(after(entry));
      if (place === undefined) continue;
      for (const below of [2 * place + 1, 2 * place + 2]) add(firsts[below], below);
    }
  }

  #lastsOf(isReady: boolean): Readonly<Record<TransactionOrigin, IndexedHeap<Entry>>> {
    return isReady ? this.#lasts.ready : this.#lasts.queued;
  }
}

function cheapestFirst(): IndexedHeap<Entry> {
  return new IndexedHeap<Entry>((a, b) => isBefore(b, a));
}

/** Whether `a` goes into a block before `b`, and stays longer in a full pool. */
function isBefore(a: Entry, b: Entry): boolean {
  return a.priceWei === b.priceWei ? a.sequence < b.sequence : a.priceWei > b.priceWei;
}
