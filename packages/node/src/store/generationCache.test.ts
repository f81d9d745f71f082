import { textToBytes } from '@wattchain/core';
import { expect, test } from 'vitest';
import { GenerationCache } from './generationCache.js';

const VALUE = Uint8Array.of(7);
/** 250 for the entry, 4 for the key, 1 for the value. */
const ENTRY_BYTES = 255;
const createCache = (maxBytes: number) =>
  new GenerationCache<Uint8Array | null>(maxBytes, (value) => value?.length ?? 0);
const key = (number: number) => textToBytes(String(number).padStart(4, '0'));
const KEPT = textToBytes('kept');

test('tells a value, a known absence and nothing known apart', () => {
  const cache = createCache(2_000);
  cache.set(key(1), VALUE);
  cache.set(key(2), null);
  expect([cache.get(key(1)), cache.get(key(2)), cache.get(key(3))]).toEqual([VALUE, null, undefined]);
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
  cache.set(KEPT, VALUE);
  for (let i = 0; i < 1_000; i++) {
    cache.set(key(i), VALUE);
    expect(cache.get(KEPT)).toEqual(VALUE);
    expect(cache.size).toBeLessThanOrEqual(22);
  }
  expect(cache.get(key(999))).toEqual(VALUE);
  expect(cache.get(key(0))).toBeUndefined();
});
