import { assert, sha256, textToBytes } from '@wattchain/core';

/**
 * Numbers that look like chance and are the same for the same seed everywhere: 32-bit integers alone (sfc32, Doty-Humphrey), so that no
 * engine's rounding comes in. Whoever needs chance takes a stream of its own by {@link fork}: then taking one consumer's draws away
 * leaves those of all others as they were.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(readonly seed: string) {
    const digest = sha256(textToBytes(seed));
    const view = new DataView(digest.buffer, digest.byteOffset);
    this.#a = view.getInt32(0);
    this.#b = view.getInt32(4);
    this.#c = view.getInt32(8);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 0 to 2^32 − 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 to before `n`, which is at least 1 and at most 2^32; every value as often as every other. */
  below(n: number): number {
    assert(Number.isSafeInteger(n) && n >= 1 && n <= 2 ** 32, 'a whole number from 1 to 2^32', n);
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const drawn = this.next();
      if (drawn < limit) return drawn % n;
    }
  }

  /** Whether something happens that does so in `perMille` of 1,000 cases. */
  chance(perMille: number): boolean {
    return perMille > 0 && this.below(1_000) < perMille;
  }

  /** `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(list: readonly T[]): T {
    assert(list.length > 0, 'there is something to pick from');
    return list[this.below(list.length)] as T;
  }

  /** The same things in another order. */
  shuffle<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
    }
    return shuffled;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff);
  }

  /** Another stream, which depends on this one's seed and the label alone, not on what was drawn. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${label}`);
  }
}
