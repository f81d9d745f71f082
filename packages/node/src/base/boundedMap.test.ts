import { ByteMap } from '@wattchain/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedMap } from './boundedMap.js';

it('forgets what was used least recently, as a list of all uses would say', () => {
  const key = fc.integer({ min: 0, max: 7 });
  const step = fc.record({ kind: fc.constantFrom('get', 'set', 'set', 'delete', 'has', 'clear'), key });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const map = new BoundedMap<number, number>(limit);
      /** Least recently used first. */
      let twin: [number, number][] = [];
      for (const [value, { kind, key }] of steps.entries()) {
        const entry = twin.find(([other]) => other === key);
        const others = twin.filter(([other]) => other !== key);
        if (kind === 'get') {
          expect(map.get(key)).toBe(entry?.[1]);
          if (entry) twin = [...others, entry];
        } else if (kind === 'set') {
          map.set(key, value);
          twin = [...others, [key, value] as [number, number]].slice(-limit);
        } else if (kind === 'delete') {
          map.delete(key);
          twin = others;
        } else if (kind === 'clear' && value % 5 === 0) {
          map.clear();
          twin = [];
        }
        expect(map.size).toBe(twin.length);
        for (let i = 0; i <= 7; i++) expect(map.has(i)).toBe(twin.some(([other]) => other === i));
      }
    }),
    { numRuns: 300 },
  );
});

it('holds as much as its limit, by what each entry weighs, and when it is full it stays full', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 100, max: 300 }), (steps, limit) => {
      const map = new BoundedMap<Uint8Array, number>(limit, (weight, key) => weight + key.length, new ByteMap());
      const twin: { key: Uint8Array; weight: number }[] = [];
      for (const [i, weight] of steps.entries()) {
        // Some keys come again, with another weight.
        const key = Uint8Array.of(i % 60);
        const place = twin.findIndex((entry) => entry.key[0] === key[0]);
        if (place >= 0) twin.splice(place, 1);
        twin.push({ key, weight });
        map.set(key.slice(), weight);
        let total = twin.reduce((sum, entry) => sum + entry.weight + 1, 0);
        while (total > limit) total -= (twin.shift()?.weight ?? 0) + 1;
        expect([map.size, map.weight]).toEqual([twin.length, total]);
      }
      for (const entry of twin) expect(map.get(entry.key)).toBe(entry.weight);
    }),
    { numRuns: 200 },
  );
});

it('keeps nothing that weighs more than its limit alone', () => {
  const map = new BoundedMap<string, number>(10, (weight) => weight);
  map.set('light', 4);
  map.set('heavy', 11);
  expect([map.has('heavy'), map.weight]).toEqual([false, 0]);
});
