import * as secp from '@noble/secp256k1';
import { afterEach, describe, expect, it } from 'vitest';
import bitcoin from '../../../../test/vectors/wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json' with {
  type: 'json',
};
import plain from '../../../../test/vectors/wycheproof/ecdsa_secp256k1_sha256_p1363_test.json' with { type: 'json' };
import { compareSignatures } from '../../scripts/differentialCrypto.mjs';
import { bigIntToBytes, bytesToBigInt, fromHex, toHex } from '../bytes.js';
import { sha256 } from '../hash.js';
import { addressOf, ecrecover, isValidSignature, sign } from '../keys.js';
import { FIELD_PRIME } from './fieldElements.js';
import { useNobleAlone } from './implementation.js';
import { recoverPublicKeyByNoble } from './nobleRecover.js';
import { type RecoverySource, recoverPublicKeys } from './recover.js';
import { invertScalar, LAMBDA, CURVE_ORDER as N } from './scalar.js';
import { recoverAddress, recoverAddresses } from './signers.js';

const modulo = (value: bigint) => ((value % N) + N) % N;
const asText = (key: Uint8Array | undefined) => key && toHex(key);

/** Expects noble's answers, each alone and all in one list; how many have a signer. */
function expectAsNoble(sources: readonly RecoverySource[]): number {
  const expected = sources.map((source) => asText(recoverPublicKeyByNoble(source)));
  expect(recoverPublicKeys(sources).map(asText)).toEqual(expected);
  for (const [i, source] of sources.entries()) expect(asText(recoverPublicKeys([source])[0])).toBe(expected[i]);
  return expected.filter((key) => key !== undefined).length;
}

const bothParities = (digest: Uint8Array, r: bigint, s: bigint): RecoverySource[] => [
  { digest, r, s, yParity: 0 },
  { digest, r, s, yParity: 1 },
];

describe('signers', () => {
  it('are noble’s for 2,000 random signatures', () => {
    const { signers, different } = compareSignatures(0, 0, 2000, {
      fast: recoverPublicKeys,
      noble: recoverPublicKeyByNoble,
      sign,
    });
    expect(different).toBeUndefined();
    // All thousand that a key made, and about half of the others.
    expect(signers).toBeGreaterThan(1400);
    expect(signers).toBeLessThan(1600);
  });

  it('are noble’s at every edge of r, s and the digest', () => {
    // r: 1 is the x of a point, 5 is none. Two others are below p − n, so that r + n is an x too, but not the one that is meant.
    const rs = [
      0n,
      1n,
      2n,
      5n,
      FIELD_PRIME - N - 1n,
      FIELD_PRIME - N,
      N - 2n,
      N - 1n,
      N,
      N + 1n,
      FIELD_PRIME,
      2n ** 256n,
    ];
    const ss = [0n, 1n, N / 2n, N / 2n + 1n, N - 1n, N, N + 1n];
    const digests = [0n, 1n, N - 1n, N, N + 1n, 2n ** 256n - 1n].map((value) => bigIntToBytes(value, 32));
    const sources = digests.flatMap((digest) => rs.flatMap((r) => ss.flatMap((s) => bothParities(digest, r, s))));
    expect(expectAsNoble(sources)).toBeGreaterThan(100);
    expect(recoverPublicKeys(bothParities(digests[1] as Uint8Array, -1n, 1n))).toEqual([undefined, undefined]);
    expect(recoverPublicKeys(bothParities(digests[1] as Uint8Array, 1n, -1n))).toEqual([undefined, undefined]);
  });

  it('are noble’s where R + n·i would be another point’s x', () => {
    const random = (i: number) => bytesToBigInt(sha256(bigIntToBytes(BigInt(i), 4)));
    const sources = Array.from({ length: 40 }, (_, i) => {
      const r = 1n + (random(i) % (FIELD_PRIME - N));
      return bothParities(bigIntToBytes(random(i + 100), 32), r, 1n + (random(i + 200) % (N - 1n)));
    });
    expect(expectAsNoble(sources.flat())).toBeGreaterThan(20);
  });

  it('fall out where s or the digest is n − r times what makes the sum no point', () => {
    // u1 · G + u2 · R = 0 for R = k · G and u1 = −u2 · k.
    for (const k of [1n, 2n, 3n, N - 1n, LAMBDA, 12345678901234567890n]) {
      const { x, y } = secp.Point.BASE.multiplyUnsafe(k).toAffine();
      const yParity = (y & 1n) === 1n ? 1 : 0;
      for (const u2 of [1n, 2n, 77n, N - 1n, LAMBDA, N / 3n]) {
        const digest = bigIntToBytes(modulo(u2 * k * x), 32);
        const source: RecoverySource = { digest, r: x % N, s: modulo(u2 * x), yParity };
        expect(recoverPublicKeyByNoble(source)).toBeUndefined();
        expect(recoverPublicKeys([source, source])).toEqual([undefined, undefined]);
      }
    }
  });

  it('are noble’s where equal and opposite points are added on the way', () => {
    // Small multiples of G, of λ · G and of 2^128 · G in R, and in both factors: the walk meets the same points from two sides.
    const small = [1n, 3n, 5n, 15n, 16n, 17n, 31n];
    const bases = [1n, LAMBDA, 2n ** 128n];
    const factors = bases.flatMap((base) => small.flatMap((factor) => [base * factor, -base * factor]));
    const sums = [...factors, ...small.map((factor) => factor + factor * 2n ** 128n + LAMBDA)].map(modulo);
    let next = 0;
    const pick = () => sums[bytesToNumber(sha256(bigIntToBytes(BigInt(next++), 4))) % sums.length] as bigint;
    const sources = Array.from({ length: 600 }, () => {
      const [k, u1, u2] = [pick(), next % 5 === 0 ? 0n : pick(), pick()];
      const { x, y } = secp.Point.BASE.multiplyUnsafe(k).toAffine();
      const digest = bigIntToBytes(modulo(-u1 * x), 32);
      return { digest, r: x % N, s: modulo(u2 * x), yParity: (y & 1n) === 1n ? 1 : 0 } as RecoverySource;
    });
    expect(expectAsNoble(sources)).toBeGreaterThan(500);
  });

  it('are found where the sum is doubled, vanishes, and goes on from nothing', () => {
    const G = secp.Point.BASE;
    const high = 2n ** 128n;
    // R = k · G, factors of R and of G, and what they come to: R is taken first, then the lower half of G's factor, then the higher.
    for (const [k, u2, u1, sum] of [
      [1n, 1n, 1n, 2n],
      [N - 1n, 1n, 1n + high, high],
      [3n, 1n, 3n + high, 6n + high],
      [N - 3n, 1n, 3n + 5n * high, 5n * high],
      [high, 1n, high, 2n * high],
      [N - 1n, 2n ** 20n, 2n ** 20n + 1n, 1n],
      [1n, LAMBDA, 1n, LAMBDA + 1n],
    ] as const) {
      const { x, y } = G.multiplyUnsafe(k).toAffine();
      const yParity = (y & 1n) === 1n ? 1 : 0;
      const source: RecoverySource = { digest: bigIntToBytes(modulo(-u1 * x), 32), r: x, s: modulo(u2 * x), yParity };
      expect(asText(recoverPublicKeys([source])[0])).toBe(toHex(G.multiplyUnsafe(sum).toBytes(false).subarray(1)));
    }
  });

  it('are the same when others in the list have none', () => {
    const digest = sha256(Uint8Array.of(1));
    const good = Array.from({ length: 70 }, (_, i) => {
      const { r, s, recovery } = sign(digest, bigIntToBytes(BigInt(i + 1), 32));
      return { digest, r, s, yParity: recovery };
    });
    const bad = { digest, r: 5n, s: 1n, yParity: 0 } as const;
    const none = { digest, r: 0n, s: 1n, yParity: 0 } as const;
    const mixed = good.flatMap((source, i) => (i % 3 === 0 ? [source, bad] : i % 3 === 1 ? [none, source] : [source]));
    expectAsNoble(mixed);
    expect(recoverPublicKeys([bad, none])).toEqual([undefined, undefined]);
    expect(recoverPublicKeys([])).toEqual([]);
  });
});

describe('Wycheproof', () => {
  /** r and s of the 64 bytes r ‖ s. */
  function readPlain(bytes: Uint8Array) {
    if (bytes.length !== 64) return undefined;
    return { r: bytesToBigInt(bytes.subarray(0, 32)), s: bytesToBigInt(bytes.subarray(32)) };
  }

  /** r and s of a DER sequence of two integers in their only right form. */
  function readDer(bytes: Uint8Array) {
    const numbers: bigint[] = [];
    let rest = bytes.subarray(2);
    if (bytes[0] !== 0x30 || bytes[1] !== rest.length) return undefined;
    for (let i = 0; i < 2; i++) {
      const [tag, length = 0] = rest;
      const number = rest.subarray(2, 2 + length);
      if (tag !== 2 || length === 0 || number.length !== length) return undefined;
      const [first = 0, second = 0] = number;
      if (first >= 0x80 || (first === 0 && length > 1 && second < 0x80)) return undefined;
      numbers.push(bytesToBigInt(number));
      rest = rest.subarray(2 + length);
    }
    const [r, s] = numbers;
    return rest.length === 0 && r !== undefined && s !== undefined ? { r, s } : undefined;
  }

  /** Whether one of the points with x = r, or with x = r + n, gives the key; what a transaction cannot say is left to noble. */
  function isSignedBy(key: string, digest: Uint8Array, r: bigint, s: bigint): boolean {
    const sources = bothParities(digest, r, s);
    expectAsNoble(sources);
    if (recoverPublicKeys(sources).some((found) => asText(found) === key)) return true;
    if (r + N >= FIELD_PRIME || r === 0n || s === 0n || s >= N) return false;
    return ([2, 3] as const).some((recovery) => {
      try {
        const bytes = new secp.Signature(r, s, recovery).toBytes('recovered');
        const found = secp.recoverPublicKey(bytes, digest, { prehash: false, isCompressed: false });
        return toHex(found.subarray(1)) === key;
      } catch {
        return false;
      }
    });
  }

  const files = [
    { name: 'with a low s, in DER', file: bitcoin, read: readDer, isLow: true },
    { name: 'as r ‖ s', file: plain, read: readPlain, isLow: false },
  ] as const;

  it.each(files)('accepts and refuses all signatures $name', ({ file, read, isLow }) => {
    let tests = 0;
    for (const { publicKey, tests: group } of file.testGroups) {
      const key = `0x${publicKey.uncompressed.slice(2)}`;
      for (const { tcId, msg, sig, result } of group) {
        tests++;
        const signature = read(fromHex(`0x${sig}`));
        const isAccepted =
          signature !== undefined &&
          (!isLow || isValidSignature({ ...signature, recovery: 0 })) &&
          isSignedBy(key, sha256(fromHex(`0x${msg}`)), signature.r, signature.s);
        expect(isAccepted, `test ${tcId}`).toBe(result === 'valid');
      }
    }
    expect(tests).toBe(file.numberOfTests);
  });
});

describe('addresses of signers', () => {
  afterEach(() => useNobleAlone(false));

  const digest = sha256(Uint8Array.of(7));
  const key = bigIntToBytes(99n, 32);
  const { r, s, recovery } = sign(digest, key);

  it.each([false, true])('are the same from both implementations (noble alone: %s)', (isAlone) => {
    useNobleAlone(isAlone);
    expect(recoverAddress(digest, r, s, recovery)).toBe(addressOf(key));
    expect(recoverAddress(digest, r, N - s, recovery === 0 ? 1 : 0)).toBe(addressOf(key));
    expect(ecrecover(digest, BigInt(27 + recovery), r, s)).toBe(addressOf(key));
    expect(recoverAddress(digest, 5n, s, recovery)).toBeUndefined();
    const list = [...bothParities(digest, r, s), ...bothParities(digest, 0n, s), ...bothParities(digest, r, N)];
    expect(recoverAddresses(list).map((address) => address !== undefined)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(() => recoverAddress(digest.subarray(1), r, s, recovery)).toThrow('a digest has 32 bytes: 31');
  });

  it('change with the digest', () => {
    expect(recoverAddress(sha256(digest), r, s, recovery)).not.toBe(addressOf(key));
    expect(recoverAddress(digest, r, modulo(invertScalar(s)), recovery)).not.toBe(addressOf(key));
  });
});

function bytesToNumber(bytes: Uint8Array): number {
  return Number(bytesToBigInt(bytes.subarray(0, 6)));
}
