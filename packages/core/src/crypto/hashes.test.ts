import { readFileSync } from 'node:fs';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/sha256.json' with { type: 'json' };
import { renderKeccak, renderSha256 } from '../../scripts/generateHashes.mjs';
import { concatBytes, fromHex, textToBytes, toHex } from '../bytes.js';
import { keccak256, sha256, sha256Into } from '../hash.js';
import { fastKeccak256 } from './fastKeccak256.js';
import { fastSha256, fastSha256Into } from './fastSha256.js';
import { useNobleAlone } from './implementation.js';

/** Bytes that differ at every place, and for every seed. */
const message = (length: number, seed = 0) =>
  Uint8Array.from({ length }, (_, i) => (((i + seed) * 0x9e3779b1) >>> 13) & 0xff);

describe.each([
  ['SHA-256', fastSha256, nobleSha256],
  ['Keccak-256', fastKeccak256, keccak_256],
] as const)('the fast %s', (_name, fast, noble) => {
  it('is noble’s for every length up to 300 bytes and around its chunks', () => {
    const lengths = [
      ...Array.from({ length: 301 }, (_, length) => length),
      ...Array.from({ length: 160 }, (_, i) => 960 + i),
      ...Array.from({ length: 160 }, (_, i) => 1984 + i),
      136 * 20 - 1,
      136 * 20,
      100_000,
    ];
    for (const length of lengths) {
      const bytes = message(length, length);
      expect(toHex(fast(bytes)), `${length} bytes`).toBe(toHex(noble(bytes)));
    }
  });

  it('is noble’s for random messages, also as a part of a larger array', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_500 }), fc.nat(40), (bytes, from) => {
        expect(toHex(fast(bytes))).toBe(toHex(noble(bytes)));
        expect(toHex(fast(bytes.subarray(from)))).toBe(toHex(noble(bytes.subarray(from))));
      }),
      { numRuns: 500 },
    );
  });

  it('is noble’s for bytes that are all alike', () => {
    for (const byte of [0x00, 0x01, 0x80, 0xff]) {
      for (let length = 0; length < 280; length++) {
        const bytes = new Uint8Array(length).fill(byte);
        expect(toHex(fast(bytes)), `${length} times ${byte}`).toBe(toHex(noble(bytes)));
      }
    }
  });

  it('gives digests that later ones leave alone', () => {
    const [first, second] = [fast(message(65)), fast(message(66))];
    expect([toHex(first), toHex(second)]).toEqual([toHex(noble(message(65))), toHex(noble(message(66)))]);
    expect(first.buffer.byteLength).toBe(32);
  });
});

describe('official vectors', () => {
  it.each(vectors.examples)('SHA-256 of the standard’s $text × $times', ({ text, times, digest }) => {
    expect(toHex(fastSha256(textToBytes(text.repeat(times))))).toBe(digest);
  });

  it('SHA-256 of the CAVP’s short messages', () => {
    for (const { message: text, digest } of vectors.short) expect(toHex(fastSha256(fromHex(text)))).toBe(digest);
  });

  it('Keccak-256 of no bytes, as Ethereum’s yellow paper has it for accounts without code', () => {
    expect(toHex(fastKeccak256(new Uint8Array(0)))).toBe(
      '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
    );
  });
});

describe('the hashes', () => {
  afterEach(() => useNobleAlone(false));

  it.each([false, true])('take their message in parts (noble alone: %s)', (isAlone) => {
    useNobleAlone(isAlone);
    const parts = [message(1), message(64, 3), message(0), message(200, 5)];
    expect(toHex(sha256(...parts))).toBe(toHex(nobleSha256(concatBytes(...parts))));
    expect(toHex(keccak256(...parts))).toBe(toHex(keccak_256(concatBytes(...parts))));
    expect(toHex(sha256())).toBe(toHex(nobleSha256(new Uint8Array(0))));
    expect(toHex(keccak256(message(9)))).toBe(toHex(keccak_256(message(9))));
  });
});

describe('a digest that is written into a larger array', () => {
  afterEach(() => useNobleAlone(false));

  it('is that of the first bytes, at its place, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_100 }), fc.nat(1_100), fc.nat(9), (bytes, part, at) => {
        const length = Math.min(part, bytes.length);
        const target = new Uint8Array(48).fill(0xee);
        const expected = target.slice();
        expected.set(nobleSha256(bytes.subarray(0, length)), at);
        fastSha256Into(bytes, length, target, at);
        expect(target).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it.each([false, true])('may take the place of its message (noble alone: %s)', (isAlone) => {
    useNobleAlone(isAlone);
    const bytes = message(65);
    const expected = concatBytes(bytes.subarray(0, 33), nobleSha256(bytes.subarray(0, 40)));
    sha256Into(bytes, 40, bytes, 33);
    expect(toHex(bytes)).toBe(toHex(expected));
  });
});

describe('the generated rounds', () => {
  it.each([
    ['sha256Compress.ts', renderSha256],
    ['keccakPermute.ts', renderKeccak],
  ] as const)(
    'are committed as the generator writes them: %s (else run scripts/generateHashes.mjs)',
    (file, render) => {
      expect(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8')).toBe(render());
    },
  );
});
