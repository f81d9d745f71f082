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
