import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from './indexedHeap.js';

interface Item {
  readonly key: number;
}

const inOrder = (items: readonly Item[]) => [...items].sort((a, b) => a.key - b.key);

describe('an indexed heap', () => {
  it('has the first two of what was put in and not taken out, whatever came between', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 60 }), (steps) => {
        const heap = new IndexedHeap<Item>((a, b) => a.key < b.key);
        let twin: Item[] = [];
        for (const [isPut, number] of steps) {
          const chosen = twin[number % Math.max(1, twin.length)];
          if (isPut || chosen === undefined) {
            // No two are equal, so there is one order.
            const item = { key: number + twin.length / 100 };
            if (twin.some(({ key }) => key === item.key)) continue;
            twin.push(item);
            heap.put(item);
          } else {
            twin = twin.filter((item) => item !== chosen);
            heap.delete(chosen);
          }
          expect(heap.firstTwo).toEqual([inOrder(twin)[0], inOrder(twin)[1]]);
          expect(inOrder(heap.items)).toEqual(inOrder(twin));
          for (const [place, item] of heap.items.entries()) {
            if (place > 0) expect(heap.items[(place - 1) >> 1]?.key).toBeLessThan(item.key);
          }
        }
      }),
    );
  });

  it('lets what is not here be', () => {
    const heap = new IndexedHeap<Item>((a, b) => a.key < b.key);
    const [one, other] = [{ key: 1 }, { key: 2 }];
    heap.put(one);
    heap.delete(other);
    expect(heap.firstTwo).toEqual([one, undefined]);
  });

  it('compares as often as it is high, not as often as it is large', () => {
    let compared = 0;
    const heap = new IndexedHeap<Item>((a, b) => {
      compared++;
      return a.key < b.key;
    });
    const items = Array.from({ length: 4_096 }, (_, i) => ({ key: (i * 2_654_435_761) % 4_099 }));
    for (const item of items) heap.put(item);
    for (const item of items.slice(0, 100)) {
      compared = 0;
      heap.delete(item);
      heap.put(item);
      expect(compared).toBeLessThan(4 * 13);
    }
  });
});
