import { assert } from '@wattchain/core';

const rotateLeft = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** Numbers that look random and are the same for the same seed: xoshiro128** (Blackman and Vigna 2018). */
export class SeededRandom {
  readonly #state: Int32Array;

  /** From 128 bits of state, not all 0. */
  constructor(state: readonly [number, number, number, number]) {
    assert(
      state.some((word) => word !== 0),
      'a state of zeros stays zeros',
    );
    this.#state = Int32Array.from(state);
  }

  /** A generator for each pair of a seed and a run; the four words are spread by splitmix32, so near pairs are far apart. */
  static ofRun(seed: number, run: number): SeededRandom {
    let counter = Math.imul(seed, 0x85eb_ca6b) ^ Math.imul(run + 1, 0xc2b2_ae35);
    const word = () => {
      counter = (counter + 0x9e37_79b9) | 0;
      let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0_aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
      return mixed ^ (mixed >>> 15);
    };
    // The last word keeps the state from being all 0.
    return new SeededRandom([word(), word(), word(), word() | 1]);
  }

  /** A whole number from 0 to 2^32 − 1. */
  uint32(): number {
    const state = this.#state;
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const c1 = c ^ a;
    const d1 = d ^ b;
    state[0] = a ^ d1;
    state[1] = b ^ c1;
    state[2] = c1 ^ (b << 9);
    state[3] = rotateLeft(d1, 11);
    return result;
  }

  /** From 0 to below 1, evenly: 53 bits, as many as a double keeps. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** A draw from the exponential distribution with mean 1: what the next block takes beside its expected tries. */
  exponential(): number {
    // 1 − u is never 0.
    return -Math.log(1 - this.uniform());
  }
}
