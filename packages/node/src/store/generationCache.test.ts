import { expect, test } from 'vitest';
import { GenerationCache } from './generationCache.js';

const VALUE = Uint8Array.of(7);
/** 100 for the entry, 4 for the key, 1 for the value. */
const ENTRY_BYTES = 105;
const createCache = (maxBytes: number) =>
  new GenerationCache<Uint8Array | null>(maxBytes, (value) => value?.length ?? 0);
const key = (number: number) => String(number).padStart(4, '0');

test('tells a value, a known absence and nothing known apart', () => {
  const cache = createCache(1_000);
  cache.set('a', VALUE);
  cache.set('b', null);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([VALUE, null, undefined]);
});

test('the newest value counts, also over one of the generation before', () => {
  const cache = createCache(20 * ENTRY_BYTES);
  cache.set(key(0), VALUE);
  for (let i = 1; i <= 12; i++) cache.set(key(i), VALUE);
  cache.set(key(0), null);
  expect(cache.get(key(0))).toBeNull();
});

test('is bounded, and keeps what was asked for', () => {
  const cache = createCache(20 * ENTRY_BYTES);
  cache.set('kept', VALUE);
  for (let i = 0; i < 1_000; i++) {
    cache.set(key(i), VALUE);
    expect(cache.get('kept')).toEqual(VALUE);
    expect(cache.size).toBeLessThanOrEqual(22);
  }
  expect(cache.get(key(999))).toEqual(VALUE);
  expect(cache.get(key(0))).toBeUndefined();
});
