import { readFileSync } from 'node:fs';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderKernel } from '../../scripts/generateKernel.mjs';
import { concatBytes, toHex } from '../bytes.js';
import { findCandidate, HEAD_WORDS } from './kernel.js';
import { search, targetToWords } from './search.js';
import { POW_TAG, powHash } from './verify.js';

/** One message of the puzzle, laid out here from the protocol's text so that only the nonces have to be written. */
class Message {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(sealHash: Uint8Array) {
    this.#bytes = concatBytes(sealHash, new Uint8Array(32), POW_TAG, new Uint8Array(4));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Noble's digest as the block hash's number is read: the last word first. */
  words(extraNonce: bigint, headerNonce: number): readonly number[] {
    this.#view.setBigUint64(32, extraNonce);
    this.#view.setUint32(112, headerNonce);
    const digest = new DataView(nobleSha256(this.#bytes).buffer);
    return Array.from({ length: 8 }, (_, i) => digest.getUint32(4 * (7 - i)));
  }
}

const sealHashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const extraNonces = fc.bigInt({ min: 0n, max: 2n ** 64n - 100n });
const headerNonces = fc.integer({ min: 0, max: 2 ** 32 - 50 });

describe('the generated kernel', () => {
  it('is committed as the generator writes it (else run scripts/generateKernel.mjs)', () => {
    expect(readFileSync(new URL('./kernel.ts', import.meta.url), 'utf8')).toBe(renderKernel());
  });

  it('compares top words as unsigned numbers', () => {
    // A schedule and heads of zeros make one top word; every limit is then compared with it.
    const heads = new Int32Array(HEAD_WORDS);
    const schedule = new Int32Array(64);
    const isTaken = (limit: number) => findCandidate(heads, schedule, 0, 0, 1, limit) === 0;
    for (const last of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
      heads[8] = last;
      let low = 0;
      let high = 0xffff_ffff;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (isTaken(middle)) high = middle;
        else low = middle + 1;
      }
      expect([isTaken(low), low === 0 || !isTaken(low - 1), isTaken(0xffff_ffff)]).toEqual([true, true, true]);
    }
  });
});

describe('the search', () => {
  it('takes exactly noble’s hash, and none with a smaller top word, of 100,000 random templates and nonces', () => {
    let tries = 0;
    fc.assert(
      fc.property(sealHashes, (seed) => {
        let random = seed;
        for (let i = 0; i < 1000; i++, tries++) {
          // The hash of the bytes that made this template and its nonces makes the next ones.
          const sealHash = random;
          random = nobleSha256(sealHash);
          const view = new DataView(random.buffer);
          const [extraNonce, headerNonce] = [view.getBigUint64(0) >> 1n, view.getUint32(8)];
          const words = new Message(sealHash).words(extraNonce, headerNonce);
          const isFound = (target: Uint32Array) =>
            search(sealHash, target, extraNonce, 1, headerNonce, headerNonce + 1, undefined).solution !== undefined;
          const below = [(words[0] as number) - 1, ...Array(7).fill(0xffff_ffff)];
          if (!isFound(Uint32Array.from(words)) || (below[0] >= 0 && isFound(Uint32Array.from(below)))) {
            expect.fail(`${toHex(sealHash)}, ${extraNonce}, ${headerNonce}: not noble's ${words}`);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(tries).toBe(100_000);
  });

  it('finds the first of a row of midstates', () => {
    fc.assert(
      fc.property(sealHashes, extraNonces, headerNonces, (sealHash, extraNonceStart, headerNonce) => {
        const message = new Message(sealHash);
        const row = Array.from({ length: 40 }, (_, i) => message.words(extraNonceStart + BigInt(i), headerNonce));
        for (const words of row) {
          const index = row.findIndex((other) => compareWords(other, words) <= 0);
          expect(
            search(sealHash, Uint32Array.from(words), extraNonceStart, 40, headerNonce, headerNonce + 1, undefined),
          ).toEqual({ solution: { extraNonce: extraNonceStart + BigInt(index), headerNonce }, tries: index + 1 });
        }
      }),
    );
  });

  it('tells hashes apart that share the target’s top word', () => {
    fc.assert(
      fc.property(
        sealHashes,
        extraNonces,
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (sealHash, extraNonce, headerNonce) => {
          const hash = BigInt(powHash(sealHash, extraNonce, headerNonce));
          const tryOnce = (target: bigint) =>
            search(sealHash, targetToWords(target), extraNonce, 1, headerNonce, headerNonce + 1, undefined).solution;
          const top = (hash >> 224n) << 224n;
          expect(tryOnce(hash)).toEqual({ extraNonce, headerNonce });
          expect(tryOnce(hash - 1n)).toBeUndefined();
          expect(tryOnce(top | (2n ** 224n - 1n))).toEqual({ extraNonce, headerNonce });
          if (top < hash) expect(tryOnce(top)).toBeUndefined();
          if (top > 0n) expect(tryOnce(top - 1n)).toBeUndefined();
        },
      ),
    );
  });

  it('goes on behind a candidate that only shares the top word', () => {
    const sealHash = new Uint8Array(32).fill(3);
    const hashes = Array.from({ length: 64 }, (_, i) => BigInt(powHash(sealHash, BigInt(i), 11)));
    const best = hashes.toSorted((a, b) => (a < b ? -1 : 1))[0] as bigint;
    const index = hashes.indexOf(best);
    const impossible = targetToWords(best - 1n);
    expect(search(sealHash, impossible, 0n, 64, 11, 12, undefined)).toEqual({ tries: 64 });
    expect(search(sealHash, targetToWords(best), 0n, 64, 11, 12, undefined).tries).toBe(index + 1);
  });

  it('counts the low word of extraNonce over into the high one', () => {
    const sealHash = new Uint8Array(32).fill(5);
    const start = 2n ** 32n - 2n;
    const all = [start, start + 1n, start + 2n, start + 3n];
    for (const extraNonce of all) {
      const target = targetToWords(BigInt(powHash(sealHash, extraNonce, 2 ** 32 - 1)));
      const expected = all.find(
        (other) => powHash(sealHash, other, 2 ** 32 - 1) <= powHash(sealHash, extraNonce, 2 ** 32 - 1),
      );
      expect(search(sealHash, target, start, 4, 2 ** 32 - 1, 2 ** 32, undefined).solution?.extraNonce).toBe(expected);
      expect(search(sealHash, target, extraNonce, 1, 2 ** 32 - 1, 2 ** 32, undefined).solution?.extraNonce).toBe(
        extraNonce,
      );
    }
  });

  it('does not mistake one template for another that was searched before', () => {
    const first = new Uint8Array(32).fill(1);
    const target = targetToWords(BigInt(powHash(first, 7n, 5)));
    const isFound = (sealHash: Uint8Array) => search(sealHash, target, 7n, 1, 5, 6, undefined).solution !== undefined;
    expect(isFound(first)).toBe(true);
    // The caller may write the next template into the same array.
    const reused = first.slice();
    expect(isFound(reused)).toBe(true);
    reused[31] = 2;
    expect(isFound(reused)).toBe(BigInt(powHash(reused, 7n, 5)) <= BigInt(powHash(first, 7n, 5)));
    expect(isFound(first)).toBe(true);
  });
});

/** Negative when `a` is the smaller number. */
function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 8; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
