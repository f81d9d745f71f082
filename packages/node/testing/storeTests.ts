/** What every store must do, run by the test of each. */
import { compareBytes, textToBytes, toHex } from '@wattchain/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IterateOptions, Store } from '../src/store/store.js';

/** Opens a store at a place that stays the same for one test, so that opening twice (after closing) finds the same content. */
export type OpenStore = () => Promise<Store>;

const key = textToBytes;

async function keysOf(store: Store, prefix: string, options?: IterateOptions): Promise<string[]> {
  const keys: string[] = [];
  for await (const [found] of store.iterate(key(prefix), options)) keys.push(Buffer.from(found).toString());
  return keys;
}

/** Registers the suite; `create` is called for each test. */
export function storeTests(
  name: string,
  create: () => Promise<{ open: OpenStore; remove: () => Promise<void> }>,
): void {
  describe(name, () => {
    let place: Awaited<ReturnType<typeof create>>;
    let store: Store;

    beforeEach(async () => {
      place = await create();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    it('gives back what a batch wrote and nothing for other keys', async () => {
      await store.batch([
        { key: key('a'), value: Uint8Array.of(1, 2) },
        { key: Uint8Array.of(0xff, 0x00, 0x80), value: new Uint8Array(0) },
      ]);
      expect(store.get(key('a'))).toEqual(Uint8Array.of(1, 2));
      expect(store.get(Uint8Array.of(0xff, 0x00, 0x80))).toEqual(new Uint8Array(0));
      expect(store.get(key('b'))).toBeUndefined();
      expect(store.get(Uint8Array.of(0xff, 0x00))).toBeUndefined();
    });

    it('deletes, overwrites, and lets the later of two writes to one key count', async () => {
      await store.batch([
        { key: key('a'), value: Uint8Array.of(1) },
        { key: key('b'), value: Uint8Array.of(2) },
      ]);
      await store.batch([
        { key: key('a'), value: undefined },
        { key: key('b'), value: Uint8Array.of(3) },
        { key: key('b'), value: Uint8Array.of(4) },
        { key: key('c'), value: Uint8Array.of(5) },
        { key: key('c'), value: undefined },
      ]);
      expect(store.get(key('a'))).toBeUndefined();
      expect(store.get(key('b'))).toEqual(Uint8Array.of(4));
      expect(store.get(key('c'))).toBeUndefined();
    });

    it('does not change with the bytes it was given', async () => {
      const [k, v] = [key('a'), Uint8Array.of(1)];
      await store.batch([{ key: k, value: v }]);
      k[0] = 0;
      v[0] = 9;
      expect(store.get(key('a'))).toEqual(Uint8Array.of(1));
    });

    it('walks a prefix in the order of keys, both ways, from a key, up to a limit', async () => {
      const names = ['p3', 'p1', 'q1', 'p', 'p2', 'o9'];
      await store.batch(names.map((n) => ({ key: key(n), value: key(n) })));
      expect(await keysOf(store, 'p')).toEqual(['p', 'p1', 'p2', 'p3']);
      expect(await keysOf(store, 'p', { reverse: true, limit: 2 })).toEqual(['p3', 'p2']);
      expect(await keysOf(store, 'p', { gte: key('p2') })).toEqual(['p2', 'p3']);
      expect(await keysOf(store, 'p', { gte: key('a'), limit: 1 })).toEqual(['p']);
      expect(await keysOf(store, 'z')).toEqual([]);
    });

    it('walks a prefix of the largest bytes to the end', async () => {
      await store.batch([{ key: Uint8Array.of(0xff, 0xff, 0x01), value: Uint8Array.of(1) }]);
      const found: string[] = [];
      for await (const [k] of store.iterate(Uint8Array.of(0xff, 0xff))) found.push(toHex(k));
      expect(found).toEqual(['0xffff01']);
    });

    it('walks what was there when the walk began', async () => {
      await store.batch(['p1', 'p2', 'p3'].map((n) => ({ key: key(n), value: key(n) })));
      const seen: string[] = [];
      for await (const [k] of store.iterate(key('p'))) {
        seen.push(Buffer.from(k).toString());
        await store.batch([
          { key: key('p2'), value: undefined },
          { key: key('p4'), value: key('p4') },
        ]);
      }
      expect(seen).toEqual(['p1', 'p2', 'p3']);
    });

    it('has the same content after closing and opening again', async () => {
      await store.batch([{ key: key('a'), value: Uint8Array.of(7) }]);
      await store.close();
      await store.close();
      store = await place.open();
      expect(store.get(key('a'))).toEqual(Uint8Array.of(7));
    });

    it('shows a batch whole or not at all, also to someone who looks while it is written', async () => {
      const writes = (value: number) =>
        Array.from({ length: 500 }, (_, i) => ({ key: key(`k${i}`), value: Uint8Array.of(value) }));
      await store.batch(writes(1));
      const running = store.batch(writes(2));
      const during = writes(0).map(({ key: k }) => store.get(k)?.[0]);
      await running;
      const after = writes(0).map(({ key: k }) => store.get(k)?.[0]);
      // The batch may become visible between two reads; from then on nothing old may show.
      expect(during).toEqual([...during].sort());
      expect(new Set(after)).toEqual(new Set([2]));
    });

    it('agrees with a sorted list after any sequence of batches', async () => {
      const bytes = fc.uint8Array({ maxLength: 3 });
      const write = fc.record({
        key: fc.uint8Array({ minLength: 1, maxLength: 3 }),
        value: fc.option(bytes, { nil: undefined }),
      });
      const model = new Map<string, readonly [Uint8Array, Uint8Array]>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(write, { maxLength: 8 }), { maxLength: 4 }),
          bytes,
          async (batches, prefix) => {
            for (const batch of batches) {
              await store.batch(batch);
              for (const { key: k, value } of batch) {
                if (value === undefined) model.delete(toHex(k));
                else model.set(toHex(k), [k, value]);
              }
            }
            const expected = [...model.values()]
              .filter(([k]) => compareBytes(k.subarray(0, prefix.length), prefix) === 0)
              .sort(([a], [b]) => compareBytes(a, b));
            const found: (readonly [string, string])[] = [];
            for await (const [k, v] of store.iterate(prefix)) found.push([toHex(k), toHex(v)]);
            expect(found).toEqual(expected.map(([k, v]) => [toHex(k), toHex(v)]));
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
