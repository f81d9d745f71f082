import { assert } from '../error.js';

/** Numbers modulo the order n of secp256k1, for public data: their time depends on the values. */

/** Order of secp256k1 (SEC 2, section 2.4.1). */
export const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** λ: λ · (x, y) = (β · x, y) for every point (Gallant, Lambert, Vanstone, CRYPTO 2001). */
export const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n;
/** β, a third root of 1 in the field. */
export const BETA = 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een;

// A short basis of the pairs (a, b) with a + bλ ≡ 0: (A1, −B1) and (A2, A1).
const A1 = 0x3086d221a7d46bcde86c90e49284eb15n;
const B1 = 0xe4437ed6010e88286f547fa90abfe4c3n;
const A2 = 0x114ca50f7a8e2f3f657c1108d9d44cfd8n;
const SHIFT = 384n;
const HALF = 1n << (SHIFT - 1n);
/** A1 / n and B1 / n, rounded, times 2^384. */
const A1_SHARE = ((A1 << SHIFT) + CURVE_ORDER / 2n) / CURVE_ORDER;
const B1_SHARE = ((B1 << SHIFT) + CURVE_ORDER / 2n) / CURVE_ORDER;

/** Bits of half a scalar, its sign apart. */
export const HALF_BITS = 128;

/** k as k1 + k2 · λ modulo n, both below 2^128 in size, for 0 ≤ k < n. */
export function splitScalar(k: bigint): readonly [bigint, bigint] {
  const c1 = (k * A1_SHARE + HALF) >> SHIFT;
  const c2 = (k * B1_SHARE + HALF) >> SHIFT;
  return [k - c1 * A1 - c2 * A2, c1 * B1 - c2 * A1];
}

/** 1 / a modulo n, for 0 < a < n. */
export function invertScalar(a: bigint): bigint {
  let [high, low] = [CURVE_ORDER, a];
  let [highFactor, lowFactor] = [0n, 1n];
  while (low !== 0n) {
    const quotient = high / low;
    [high, low] = [low, high - quotient * low];
    [highFactor, lowFactor] = [lowFactor, highFactor - quotient * lowFactor];
  }
  return highFactor < 0n ? highFactor + CURVE_ORDER : highFactor;
}

/** 1 / a for every a with 0 < a < n, for the price of one inverse and three products each. */
export function invertScalars(values: readonly bigint[]): bigint[] {
  let product = 1n;
  const before = values.map((value) => {
    const last = product;
    product = (product * value) % CURVE_ORDER;
    return last;
  });
  let rest = invertScalar(product);
  const inverses = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    inverses[i] = (rest * (before[i] as bigint)) % CURVE_ORDER;
    rest = (rest * (values[i] as bigint)) % CURVE_ORDER;
  }
  return inverses;
}

/** Digits that {@link signedDigits} writes: one more than bits, for the last carry. */
export const MAX_DIGITS: number = HALF_BITS + 1;
const words = new Uint32Array(HALF_BITS / 32 + 1);

/**
 * Digits d of `k` below 2^128 in size, k = Σ d[i] · 2^i, each 0 or odd and below 2^(width − 1) in size, of `width` neighbours at most
 * one not 0 (the non-adjacent form of that width). Digit i goes to `first + step · i`; the number of them up to the highest that is not 0.
 */
export function signedDigits(digits: Int8Array, k: bigint, width: number, first = 0, step = 1): number {
  const isMinus = k < 0n;
  let rest = isMinus ? -k : k;
  assert(rest >> BigInt(HALF_BITS) === 0n, 'half a scalar has 128 bits');
  for (let i = 0; i < HALF_BITS / 32; i++) {
    words[i] = Number(BigInt.asUintN(32, rest));
    rest >>= 32n;
  }
  for (let i = 0; i < MAX_DIGITS; i++) digits[first + step * i] = 0;
  const modulus = 1 << width;
  let carry = 0;
  let count = 0;
  for (let i = 0; i < MAX_DIGITS; ) {
    const word = i >> 5;
    const shift = i & 31;
    if ((((words[word] as number) >>> shift) & 1) === carry) {
      i++;
      continue;
    }
    let digit = (words[word] as number) >>> shift;
    if (shift > 0 && word + 1 < words.length) digit |= (words[word + 1] as number) << (32 - shift);
    digit = (digit & (modulus - 1)) + carry;
    carry = digit > modulus / 2 ? 1 : 0;
    if (carry === 1) digit -= modulus;
    digits[first + step * i] = isMinus ? -digit : digit;
    count = i + 1;
    i += width;
  }
  return count;
}
