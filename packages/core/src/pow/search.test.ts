import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../../../test/vectors/pow.json' with { type: 'json' };
import { fromHex } from '../bytes.js';
import { type SearchResult, search, targetToWords } from './search.js';
import { meetsTarget, powHash } from './verify.js';

const IMPOSSIBLE = 0n;

/** The definition of the search in terms of `powHash`. */
function naiveSearch(
  sealHash: Uint8Array,
  target: bigint,
  extraNonceStart: bigint,
  midstateCount: number,
  nonceStart: number,
  nonceEnd: number,
): SearchResult {
  let tries = 0;
  for (let headerNonce = nonceStart; headerNonce < nonceEnd; headerNonce++) {
    for (let i = 0; i < midstateCount; i++) {
      const extraNonce = extraNonceStart + BigInt(i);
      tries++;
      if (meetsTarget(powHash(sealHash, extraNonce, headerNonce), target)) {
        return { solution: { extraNonce, headerNonce }, tries };
      }
    }
  }
  return { tries };
}

describe('search', () => {
  it.each(vectors.searches)('finds the first solution: try $tries', (vector) => {
    const target = targetToWords(BigInt(vector.target));
    const result = search(
      fromHex(vector.sealHash),
      target,
      BigInt(vector.extraNonceStart),
      vector.midstateCount,
      0,
      2 ** 32,
      undefined,
    );
    expect(result).toEqual({
      solution: { extraNonce: BigInt(vector.extraNonce), headerNonce: vector.headerNonce },
      tries: vector.tries,
    });
  });

  it('finds what its readable twin finds, after as many tries', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.bigInt({ min: 2n ** 246n, max: 2n ** 254n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 9n }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 2 ** 32 - 40 }),
        (sealHash, target, extraNonceStart, midstateCount, nonceStart) => {
          const found = search(
            sealHash,
            targetToWords(target),
            extraNonceStart,
            midstateCount,
            nonceStart,
            nonceStart + 40,
            undefined,
          );
          expect(found).toEqual(
            naiveSearch(sealHash, target, extraNonceStart, midstateCount, nonceStart, nonceStart + 40),
          );
        },
      ),
    );
  });

  it('takes a hash equal to the target, and not one above', () => {
    const sealHash = new Uint8Array(32).fill(9);
    const hash = BigInt(powHash(sealHash, 3n, 77));
    expect(search(sealHash, targetToWords(hash), 3n, 1, 77, 78, undefined).solution).toEqual({
      extraNonce: 3n,
      headerNonce: 77,
    });
    expect(search(sealHash, targetToWords(hash - 1n), 3n, 1, 77, 78, undefined)).toEqual({ tries: 1 });
  });

  it('tries the last header nonce and ends there', () => {
    expect(search(new Uint8Array(32), targetToWords(IMPOSSIBLE), 0n, 3, 2 ** 32 - 2, 2 ** 32, undefined)).toEqual({
      tries: 6,
    });
    expect(search(new Uint8Array(32), targetToWords(2n ** 256n - 1n), 0n, 1, 2 ** 32 - 1, 2 ** 32, undefined)).toEqual({
      solution: { extraNonce: 0n, headerNonce: 2 ** 32 - 1 },
      tries: 1,
    });
  });

  it('takes the last extra nonce, and refuses sets that reach behind it', () => {
    const sealHash = new Uint8Array(32).fill(7);
    const last = 2n ** 64n - 1n;
    const target = targetToWords(BigInt(powHash(sealHash, last, 1)));
    expect(search(sealHash, target, last, 1, 1, 2, undefined).solution).toEqual({ extraNonce: last, headerNonce: 1 });
    expect(() => search(sealHash, target, last, 2, 1, 2, undefined)).toThrow('extra nonces have 8 bytes');
  });

  it('does nothing when the stop word already holds 1', () => {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    Atomics.store(stop, 0, 1);
    expect(search(new Uint8Array(32), targetToWords(IMPOSSIBLE), 0n, 2, 0, 5000, stop)).toEqual({ tries: 0 });
  });

  it('looks at the stop word every 256 tries', () => {
    // A typed array whose word reads 1 from the third look on stands for another thread that sets it meanwhile.
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const load = Atomics.load;
    let looks = 0;
    Atomics.load = ((array: Int32Array, index: number) => {
      if (++looks === 3) Atomics.store(stop, 0, 1);
      return load(array, index);
    }) as typeof Atomics.load;
    try {
      expect(search(new Uint8Array(32), targetToWords(IMPOSSIBLE), 0n, 3, 0, 5000, stop)).toEqual({ tries: 512 });
    } finally {
      Atomics.load = load;
    }
  });
});

describe('targetToWords', () => {
  it('puts the most significant word first', () => {
    expect([...targetToWords(2n ** 224n + 5n)]).toEqual([1, 0, 0, 0, 0, 0, 0, 5]);
    expect([...targetToWords(2n ** 256n - 1n)]).toEqual(Array(8).fill(0xffff_ffff));
  });
});
