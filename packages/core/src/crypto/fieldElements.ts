import { createField, type Field } from './field.js';

/** The elements that recovering works on, and how numbers come to them and back. */

/** The field's prime (SEC 2, section 2.4.1). */
export const FIELD_PRIME: bigint = 2n ** 256n - 2n ** 32n - 977n;
/** 2^256 modulo the prime. */
const WORD_REST = 2n ** 32n + 977n;

/** Room for some hundred elements: 64 KiB. */
const limbs: BigUint64Array = new BigUint64Array(8192);
/** A number on its way, by 64 bits, lowest first: from there to limbs of 26 and back nothing is allocated, as in `field.ts`. */
const words = new BigUint64Array(4);

export const LIMB_COUNT: number = limbs.length;
export const field: Field = createField(limbs);

/** Stores a number below 2^256; every limb is as short as a product's. */
export function storeElement(o: number, value: bigint): void {
  words[0] = BigInt.asUintN(64, value);
  words[1] = BigInt.asUintN(64, value >> 64n);
  words[2] = BigInt.asUintN(64, value >> 128n);
  words[3] = BigInt.asUintN(64, value >> 192n);
  storeWords(limbs, o, words);
}

/** The number from 0 to p − 1 that an element is. */
export function readElement(a: number): bigint {
  const above = readWords(limbs, a, words);
  const low = ((words[1] as bigint) << 64n) | (words[0] as bigint);
  const high = ((words[3] as bigint) << 64n) | (words[2] as bigint);
  const value = ((high << 128n) | low) + above * WORD_REST;
  return value < FIELD_PRIME ? value : value - FIELD_PRIME;
}

/** Cuts four words into ten limbs: 64 is twice 26 and 12 bits more, and so on. */
function storeWords(m: BigUint64Array, o: number, w: BigUint64Array): void {
  const w0 = w[0] as bigint;
  const w1 = w[1] as bigint;
  const w2 = w[2] as bigint;
  const w3 = w[3] as bigint;
  m[o] = BigInt.asUintN(26, w0);
  m[o + 1] = BigInt.asUintN(26, BigInt.asUintN(64, w0 >> 26n));
  m[o + 2] = BigInt.asUintN(64, BigInt.asUintN(64, w0 >> 52n) + BigInt.asUintN(26, BigInt.asUintN(64, w1 * 4_096n)));
  m[o + 3] = BigInt.asUintN(26, BigInt.asUintN(64, w1 >> 14n));
  m[o + 4] = BigInt.asUintN(
    64,
    BigInt.asUintN(64, w1 >> 40n) + BigInt.asUintN(26, BigInt.asUintN(64, w2 * 16_777_216n)),
  );
  m[o + 5] = BigInt.asUintN(26, BigInt.asUintN(64, w2 >> 2n));
  m[o + 6] = BigInt.asUintN(26, BigInt.asUintN(64, w2 >> 28n));
  m[o + 7] = BigInt.asUintN(64, BigInt.asUintN(64, w2 >> 54n) + BigInt.asUintN(26, BigInt.asUintN(64, w3 * 1_024n)));
  m[o + 8] = BigInt.asUintN(26, BigInt.asUintN(64, w3 >> 16n));
  m[o + 9] = BigInt.asUintN(64, w3 >> 42n);
}

/** Joins ten limbs, which may be longer than 26 bits, into four words; what is above 2^256 is the result. */
function readWords(m: BigUint64Array, a: number, w: BigUint64Array): bigint {
  const t0 = m[a] as bigint;
  const t1 = BigInt.asUintN(64, (m[a + 1] as bigint) + BigInt.asUintN(64, t0 >> 26n));
  const t2 = BigInt.asUintN(64, (m[a + 2] as bigint) + BigInt.asUintN(64, t1 >> 26n));
  const t3 = BigInt.asUintN(64, (m[a + 3] as bigint) + BigInt.asUintN(64, t2 >> 26n));
  const t4 = BigInt.asUintN(64, (m[a + 4] as bigint) + BigInt.asUintN(64, t3 >> 26n));
  const t5 = BigInt.asUintN(64, (m[a + 5] as bigint) + BigInt.asUintN(64, t4 >> 26n));
  const t6 = BigInt.asUintN(64, (m[a + 6] as bigint) + BigInt.asUintN(64, t5 >> 26n));
  const t7 = BigInt.asUintN(64, (m[a + 7] as bigint) + BigInt.asUintN(64, t6 >> 26n));
  const t8 = BigInt.asUintN(64, (m[a + 8] as bigint) + BigInt.asUintN(64, t7 >> 26n));
  const t9 = BigInt.asUintN(64, (m[a + 9] as bigint) + BigInt.asUintN(64, t8 >> 26n));
  const d2 = BigInt.asUintN(26, t2);
  const d4 = BigInt.asUintN(26, t4);
  const d7 = BigInt.asUintN(26, t7);
  const low0 = BigInt.asUintN(64, BigInt.asUintN(26, t0) + BigInt.asUintN(64, BigInt.asUintN(26, t1) * 67_108_864n));
  w[0] = BigInt.asUintN(64, low0 + BigInt.asUintN(64, d2 * 4_503_599_627_370_496n));
  const low1 = BigInt.asUintN(64, BigInt.asUintN(64, d2 >> 12n) + BigInt.asUintN(64, BigInt.asUintN(26, t3) * 16_384n));
  w[1] = BigInt.asUintN(64, low1 + BigInt.asUintN(64, d4 * 1_099_511_627_776n));
  const low2 = BigInt.asUintN(64, BigInt.asUintN(64, d4 >> 24n) + BigInt.asUintN(64, BigInt.asUintN(26, t5) * 4n));
  const mid2 = BigInt.asUintN(64, low2 + BigInt.asUintN(64, BigInt.asUintN(26, t6) * 268_435_456n));
  w[2] = BigInt.asUintN(64, mid2 + BigInt.asUintN(64, d7 * 18_014_398_509_481_984n));
  const low3 = BigInt.asUintN(64, BigInt.asUintN(64, d7 >> 10n) + BigInt.asUintN(64, BigInt.asUintN(26, t8) * 65_536n));
  w[3] = BigInt.asUintN(64, low3 + BigInt.asUintN(64, t9 * 4_398_046_511_104n));
  return BigInt.asUintN(64, t9 >> 22n);
}
